using System.CommandLine;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Console;
using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Cli;

/// <summary><c>verify</c>: sends numbered lines, and reports whether the store shows each exactly once.</summary>
internal sealed class VerifyCommand : Command
{
    /// <summary>Where AllInOne has its store unless told otherwise.</summary>
    public const string DefaultLoki = "http://127.0.0.1:3100";

    /// <summary>Where AllInOne has its broker unless told otherwise.</summary>
    public const string DefaultKafka = "127.0.0.1:9092";

    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly CommandContext _context;

    public VerifyCommand(CommandContext context)
        : base(
            "verify",
            "Sends numbered lines and reads them back from the store. Exits with 0 when each is shown exactly once, 1 when any is missing or shown twice, 2 when a setting is wrong, 3 when the broker or the store cannot be reached, 130 on Ctrl-C.")
    {
        _context = context;
        var options = new VerifyOptions();
        options.AddTo(this);
        SetAction((result, token) => context.GuardAsync(() => RunAsync(options.Read(result), options.IsJson(result), token)));
    }

    private async Task<int> RunAsync(Dictionary<string, string?> options, bool json, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder();
        Configure(builder, options);
        var request = VerifyOptions.ReadRequest(builder.Configuration);
        var settings = builder.AddLogGeneratorCore();
        builder.Services.AddSingleton(new StandardOutput(_context.Output));
        using var host = builder.Build();

        var verifier = host.Services.GetRequiredService<Verifier>();
        using var sink = verifier.CreateSink();
        using var run = verifier.CreateRun(request, sink);
        VerificationReport report;
        try
        {
            if (settings.Verify.Sink == SinkKind.Kafka)
                await ProbeBrokerAsync(host.Services, cancellationToken);
            await run.ProbeAsync(cancellationToken);
            report = await VerifyProgressBar.RunAsync(_context, request, progress => run.RunAsync(progress, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (StoreException exception)
        {
            await _context.Error.WriteLineAsync(exception.Message);
            return ExitCode.Unreachable;
        }
        catch (KafkaException exception)
        {
            var hosts = builder.Configuration.GetConnectionString("kafka");
            await _context.Error.WriteLineAsync($"The broker at {hosts} cannot be reached: {exception.Error.Reason}");
            return ExitCode.Unreachable;
        }

        await WriteAsync(report, json, toError: settings.Verify.Sink == SinkKind.Stdout);
        return report.Outcome switch
        {
            VerificationOutcome.Interrupted => ExitCode.Interrupted,
            VerificationOutcome.StoreUnreachable => ExitCode.Unreachable,
            _ => report.Passed ? ExitCode.Success : ExitCode.Failed,
        };
    }

    private static void Configure(HostApplicationBuilder builder, Dictionary<string, string?> options)
    {
        builder.Configuration.AddInMemoryCollection(options);

        // What AllInOne has, so that the command needs no option there. The generator's own settings do not matter here.
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString("loki")))
            builder.Configuration["ConnectionStrings:loki"] = DefaultLoki;
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString("kafka")))
            builder.Configuration["ConnectionStrings:kafka"] = DefaultKafka;
        builder.Configuration[$"{LogGeneratorSettings.Section}:{nameof(LogGeneratorSettings.Sinks)}"] =
            builder.Configuration[$"{LogGeneratorSettings.Section}:Verify:{nameof(VerifySettings.Sink)}"] ?? "kafka";
        builder.Configuration[$"{LogGeneratorSettings.Section}:Verify:{nameof(VerifySettings.Enabled)}"] = bool.FalseString;

        // The report has standard output to itself; of the rest only trouble is of interest.
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    // Blocks: librdkafka has no other way to ask.
    private static Task ProbeBrokerAsync(IServiceProvider services, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var admin = new DependentAdminClientBuilder(services.GetRequiredService<IProducer<Null, byte[]>>().Handle).Build();
            admin.GetMetadata(BrokerTimeout);
        },
        CancellationToken.None).WaitAsync(cancellationToken);

    private async Task WriteAsync(VerificationReport report, bool json, bool toError)
    {
        var text = json ? JsonSerializer.Serialize(report, Json) : VerifyReportText.Format(report);
        if (toError)
        {
            await _context.Error.WriteLineAsync(text);
            return;
        }

        await using var output = new StreamWriter(_context.Output, leaveOpen: true);
        await output.WriteLineAsync(text);
    }
}
