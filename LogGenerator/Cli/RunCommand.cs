using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Sinks;

namespace Observability.LogGenerator.Cli;

/// <summary><c>run</c>: makes lines until it is stopped or has made enough, with the control API beside it.</summary>
internal sealed class RunCommand : Command
{
    private const string DefaultUrls = "http://127.0.0.1:5080";

    // A run that ends is often one of several: none should fail because another has the port.
    private const string AnyPort = "http://127.0.0.1:0";

    public RunCommand(CommandContext context)
        : base("run", "Makes log lines. Exits with 0 when all lines were delivered, 1 when a sink failed, 2 when a setting is wrong, 130 on Ctrl-C.")
    {
        var options = new RunOptions();
        options.AddTo(this);
        SetAction((result, token) => RunAsync(context, options.Read(result), token));
    }

    public static Task<int> RunAsync(CommandContext context, Dictionary<string, string?> settings, CancellationToken cancellationToken) => context.GuardAsync(async () =>
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration[$"{LogGeneratorSettings.Section}:{nameof(LogGeneratorSettings.StopsHost)}"] = bool.TrueString;
        builder.Services.AddSingleton(new StandardOutput(context.Output));
        builder.AddServiceDefaults();
        builder.AddLogGenerator();
        var read = LogGeneratorSettings.Read(builder.Configuration);
        var ends = read.Lines is not null || read.Duration is not null;
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
            builder.WebHost.UseUrls(ends ? AnyPort : DefaultUrls);

        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapLogGenerator();
        if (context.Started is { } started)
            app.Lifetime.ApplicationStarted.Register(() => started(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray()));

        // Resolved now: the run disposes the services at its end.
        var generator = app.Services.GetRequiredService<GeneratorService>();
        var engine = app.Services.GetRequiredService<GeneratorEngine>();
        var sinks = app.Services.GetRequiredService<SinkSet>();
        try
        {
            await app.RunAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await context.Error.WriteLineAsync($"{exception.Message.TrimEnd('.')}: choose another with --urls");
            return ExitCode.Usage;
        }

        return await FinishAsync(context, generator, engine, sinks, ends);
    });

    private static async Task<int> FinishAsync(CommandContext context, GeneratorService generator, GeneratorEngine engine, SinkSet sinks, bool ends)
    {
        if (generator.Completion.Exception is { } exception)
        {
            await context.Error.WriteLineAsync($"The run failed: {exception.InnerException!.Message}");
            return ExitCode.Failed;
        }

        var seconds = engine.Elapsed.TotalSeconds;
        await context.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{engine.Lines} lines, {engine.Bytes} bytes to {sinks.Names} in {seconds:0.0} s ({(seconds > 0 ? engine.Lines / seconds : 0):0.0} lines/s), {sinks.FailedLines} failed"));
        if (sinks.FailedLines > 0)
            return ExitCode.Failed;
        return ends && !generator.IsFinished ? ExitCode.Interrupted : ExitCode.Success;
    }
}
