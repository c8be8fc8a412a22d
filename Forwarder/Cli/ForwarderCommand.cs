using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Replay;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Cli;

/// <summary>The command line: the service, and what one does with its dead letters.</summary>
internal static class ForwarderCommand
{
    /// <summary>Exit code of wrong arguments or settings.</summary>
    public const int UsageError = 2;

    private const string DefaultUrl = "http://127.0.0.1:5102";

    /// <summary>Runs a command.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="cancellationToken">Stops it as SIGTERM would.</param>
    /// <returns>0 after a clean stop, 1 when it could not go on, 2 for wrong arguments or settings.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var command = new RootCommand(
            "Forwards log records from Kafka to Loki. An offset is committed only when every line up to it is stored by Loki or kept as a dead letter.\n\n"
            + "Settings come from appsettings.json, the environment (Forwarder__Batch__MaxAge=00:00:01) or arguments (--Forwarder:Batch:MaxAge=00:00:01):\n\n"
            + SettingsHelp.Text())
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction((parsed, stop) => GuardAsync(parsed, arguments => RunServiceAsync(arguments, stop)));
        command.Subcommands.Add(ReplayDeadLettersCommand.Create());
        return await command.Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = null }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Passes settings among the arguments on, and turns what is wrong with arguments or settings into one line and an exit code.</summary>
    internal static async Task<int> GuardAsync(ParseResult parsed, Func<string[], Task<int>> run)
    {
        var settings = parsed.UnmatchedTokens.ToArray();
        if (settings.FirstOrDefault(token => !(token.StartsWith("--", StringComparison.Ordinal) && token.Contains(':') && token.Contains('='))) is { } unknown)
            return await FailAsync($"'{unknown}' is no option, and a setting looks like --Forwarder:GroupId=name. See --help.").ConfigureAwait(false);

        try
        {
            return await run(settings).ConfigureAwait(false);
        }
        catch (OptionsValidationException exception)
        {
            return await FailAsync(string.Join(Environment.NewLine, exception.Failures)).ConfigureAwait(false);
        }
        catch (InvalidOperationException exception)
        {
            return await FailAsync(SettingsHelp.Explain(exception.Message)).ConfigureAwait(false);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            return await FailAsync($"{exception.Message.TrimEnd('.')}: choose another with --urls=http://127.0.0.1:PORT").ConfigureAwait(false);
        }
    }

    private static async Task<int> RunServiceAsync(string[] settings, CancellationToken stop)
    {
        var builder = WebApplication.CreateBuilder(settings);
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
            builder.WebHost.UseUrls(DefaultUrl);
        builder.AddServiceDefaults();
        builder.AddForwarder();
        // A wrong address ends it here, with a line, and not a sender later on.
        _ = LokiEndpoint.Parse(builder.Configuration);

        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        await ((IHost)app).RunAsync(stop).ConfigureAwait(false);
        return Environment.ExitCode;
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message).ConfigureAwait(false);
        return UsageError;
    }
}
