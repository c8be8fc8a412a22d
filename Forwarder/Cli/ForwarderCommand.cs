using System.CommandLine;
using Observability.Forwarder.Replay;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

namespace Observability.Forwarder.Cli;

/// <summary>The command line: the service, and what one does with its dead letters.</summary>
internal static class ForwarderCommand
{
    private const string DefaultUrl = "http://127.0.0.1:5102";

    /// <summary>The settings of both commands.</summary>
    public static IReadOnlyList<Setting> Settings { get; } =
    [
        ConnectionSettings.Kafka(),
        ConnectionSettings.Loki(),
        .. SettingsReader.Describe<ForwarderOptions>(),
        ConnectionSettings.KafkaClient("Consumer"),
        ConnectionSettings.KafkaClient("Producer"),
    ];

    /// <summary>Runs a command.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="cancellationToken">Stops it as SIGTERM would.</param>
    /// <returns>The exit code: see <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var root = new RootCommand(
            "Forwards log records from Kafka to Loki. An offset is committed only when every line up to it is stored by Loki or kept as "
                + "a dead letter.");
        var host = new CommandHost(root, output, error);
        host.Add(
            root,
            Settings,
            [
                new("--kafka", ConnectionSettings.Kafka()),
                new("--loki", ConnectionSettings.Loki()),
                new("--urls", "urls", $"where health and metrics are (default {DefaultUrl})", "URLS"),
            ],
            (settings, _, stop) => RunServiceAsync(settings, stop));
        ReplayDeadLettersCommand.AddTo(host, Settings, output);
        return host.RunAsync(args, cancellationToken);
    }

    private static async Task<int> RunServiceAsync(CommandLineSettings settings, CancellationToken stop)
    {
        // Without what a health check has no use for: IIS, QUIC, static files, other processes' start-up code.
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.UseCommandLine(settings);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
            builder.WebHost.UseUrls(DefaultUrl);
        builder.AddServiceDefaults();
        builder.AddForwarder();

        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.RunUntilStoppedAsync(stop);
        return Environment.ExitCode;
    }
}
