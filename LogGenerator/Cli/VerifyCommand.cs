using System.CommandLine;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Console;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Verification;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Cli;

/// <summary><c>verify</c>: sends numbered lines, and reports whether the store shows each exactly once.</summary>
internal static class VerifyCommand
{
    // Where AllInOne has its store and its broker unless told otherwise.
    private const string DefaultLoki = "http://127.0.0.1:3100";
    private const string DefaultKafka = "127.0.0.1:9092";

    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds the command.</summary>
    public static void AddTo(CommandHost host, CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "writes the report as JSON" };
        var command = new Command("verify",
            "Sends numbered lines and reads them back from the store. Ends with 0 when each is shown exactly once and as it was sent, "
                + "and with 1 when not.");
        var metrics = new Option<bool>(
            "--metrics")
        { Description = SettingsReader.Describe<LogGeneratorSettings>("VerifyRun:Metrics").Description };
        command.Options.Add(json);
        command.Options.Add(metrics);
        host.Add(
            command,
            [ConnectionSettings.Kafka(), ConnectionSettings.Loki(), ConnectionSettings.Otlp(),
                .. SettingsReader.Describe<LogGeneratorSettings>(), ConnectionSettings.KafkaClient("Producer")],
            [
                Option("--lines", "VerifyRun:Lines"),
                Option("--rate", "VerifyRun:Rate"),
                Option("--pattern", "VerifyRun:Pattern"),
                Option("--run-id", "VerifyRun:RunId"),
                Option("--timeout", "VerifyRun:Timeout"),
                Option("--max-outstanding", "VerifyRun:MaxOutstanding"),
                Option("--settle", "Verify:Settle"),
                new("--loki", ConnectionSettings.Loki(), DefaultLoki),
                Option("--tenant", "Verify:Tenant"),
                Option("--user", "Verify:Username"),
                Option("--password-file", "Verify:PasswordFile"),
                Option("--bearer-token-file", "Verify:BearerTokenFile"),
                Option("--ca-file", "Verify:CaFile"),
                new("--kafka", ConnectionSettings.Kafka(), DefaultKafka),
                Option("--sink", "Verify:Sink", "kafka; with stdout the report goes to standard error"),
                Option("--topic", "Topic"),
                Option("--otlp", "Otlp:Endpoint"),
                Option("--namespace", "Namespace"),
            ],
            (settings, parsed, stop) =>
            {
                if (parsed.GetValue(metrics))
                    settings.Add($"{LogGeneratorSettings.Section}:VerifyRun:Metrics", bool.TrueString, metrics.Name);
                return RunAsync(context, settings, parsed.GetValue(json), stop);
            });
    }

    private static SettingOption Option(string name, string setting, string? defaultText = null) =>
        new(name, SettingsReader.Describe<LogGeneratorSettings>(setting), defaultText);

    private static async Task<int> RunAsync(
        CommandContext context, CommandLineSettings options, bool json, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseCommandLine(options);
        Configure(builder);
        var settings = SettingsReader.Read<LogGeneratorSettings>(builder.Configuration);
        builder.AddLogGeneratorCore(settings);
        builder.Services.AddSingleton(new StandardOutput(context.Output));
        using var host = builder.Build();

        var request = settings.VerifyRun;
        var verifier = host.Services.GetRequiredService<Verifier>();
        using var sink = verifier.CreateSink();
        using var run = verifier.CreateRun(request, sink);
        VerificationReport report;
        try
        {
            if (settings.VerifySink == SinkKind.Kafka)
                await ProbeBrokerAsync(host.Services, builder.Configuration.GetConnectionString("kafka"), cancellationToken);
            if (sink is OtlpSink receiver)
                await receiver.ProbeAsync(cancellationToken);
            await run.ProbeAsync(cancellationToken);
            report = await VerifyProgressBar.RunAsync(context, request, progress => run.RunAsync(progress, cancellationToken));
        }
        catch (StoreException exception)
        {
            throw new UnreachableException(exception.Message, exception);
        }

        await WriteAsync(context, report, json, toError: settings.VerifySink == SinkKind.Stdout);
        return report.Outcome switch
        {
            VerificationOutcome.Interrupted => ExitCode.Interrupted,
            VerificationOutcome.StoreUnreachable or VerificationOutcome.SinkUnreachable => ExitCode.Unreachable,
            _ => report.Passed ? ExitCode.Success : ExitCode.Failed,
        };
    }

    private static void Configure(HostApplicationBuilder builder)
    {
        var configuration = builder.Configuration;

        // What AllInOne has, so that the command needs no option there. The generator's own sinks do not matter here.
        var sink = configuration[$"{LogGeneratorSettings.Section}:Verify:{nameof(VerifySettings.Sink)}"];
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{LogGeneratorSettings.Section}:{nameof(LogGeneratorSettings.Sinks)}"] = Enum.TryParse<SinkKind>(
                sink ?? nameof(SinkKind.Kafka), ignoreCase: true, out var kind) ? kind.ToString() : nameof(SinkKind.Stdout),
            [$"{LogGeneratorSettings.Section}:Verify:{nameof(VerifySettings.Enabled)}"] = bool.FalseString,
        });
        configuration.AddDefaults(
            new Dictionary<string, string?> { ["ConnectionStrings:loki"] = DefaultLoki, ["ConnectionStrings:kafka"] = DefaultKafka });

        // The report has standard output to itself, and tells of trouble in fewer words than librdkafka.
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static Task ProbeBrokerAsync(IServiceProvider services, string? servers, CancellationToken cancellationToken) =>
        BrokerProbe.RequireAsync(services.GetRequiredService<IProducer<Null, byte[]>>().Handle, servers, BrokerTimeout, cancellationToken);

    private static async Task WriteAsync(CommandContext context, VerificationReport report, bool json, bool toError)
    {
        var text = json ? JsonSerializer.Serialize(report, VerificationJson.Default.VerificationReport) : VerifyReportText.Format(report);
        if (toError)
        {
            await context.Error.WriteLineAsync(text);
            return;
        }

        await using var output = new StreamWriter(context.Output, leaveOpen: true);
        await output.WriteLineAsync(text);
    }
}
