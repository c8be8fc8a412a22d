using System.Globalization;
using System.Net.Sockets;
using Observability.Embedded.EmbeddedCollector;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.Embedded.EmbeddedKafka;
using Observability.ServiceDefaults.Cli;

namespace Observability.AllInOne.Scenarios;

/// <summary>
/// The instability between the collector and Kafka: takes Kafka away in several ways while numbered lines are sent over OTLP, and prints
/// what was lost, what is there twice, and what the senders saw (docs/alloy-and-kafka.md).
/// </summary>
internal sealed class AlloyKafkaScenario(ScenarioSettings settings, TextWriter output, TimeProvider time)
{
    /// <summary>The scenario's name on the command line.</summary>
    public const string Name = "alloy-kafka";

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>How long nothing more may come before what has not come is lost.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs all faults and prints a row for each.</summary>
    /// <returns>Whether nothing was lost.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var collector = settings.Otlp is { } receiver
            ? $"{receiver} before the embedded broker at 127.0.0.1:{Text(settings.KafkaPort)}"
            : "The embedded collector before the embedded broker";
        var lines = $"{Text(settings.Rate)} lines a second, {Text(NumberedSenders.LinesPerRequest)} in each request";
        await output.WriteLineAsync($"{collector}; {lines}.");
        await output.WriteLineAsync("Lost: acknowledged, and not in Kafka. Twice: in Kafka more than once; the store shows it once.");
        await output.WriteLineAsync();
        await WriteRowAsync("fault", "lines", "lost", "twice", "first record after", "senders see");
        await WriteRowAsync(new string('-', 52), "------:", "-----:", "-----:", "-----------------:", "---");

        var lost = 0;
        // A receiver elsewhere has one broker for all faults.
        using var shared = settings.Otlp is null ? null : StartBroker();
        foreach (var fault in Faults().Where(fault => settings.Otlp is null || fault.Configure is null))
        {
            var result = await RunAsync(fault, shared, stop);
            lost += result.Lost;
            await WriteRowAsync(
                result.Fault, Text(result.Lines), Text(result.Lost), Text(result.Twice), Seconds(result.FirstAfter), result.SendersSaw);
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(lost == 0 ? "Nothing was lost." : $"{Text(lost)} lines were lost.");
        return lost == 0;
    }

    /// <summary>Runs one fault.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="shared">The broker before which a receiver elsewhere stands; null for one of its own.</param>
    /// <param name="stop">Stops it.</param>
    internal async Task<FaultResult> RunAsync(Fault fault, EmbeddedKafkaBroker? shared, CancellationToken stop)
    {
        using var own = shared is null ? StartBroker() : null;
        var broker = shared ?? own!;
        using var reader = new TopicReader(broker, time);
        if (fault.AwayAt == TimeSpan.Zero)
            broker.TakeDown();

        await using var collector = settings.Otlp is null ? await StartCollectorAsync(broker, fault, stop) : null;
        var rate = fault.LongLineBytes > 0 ? NumberedSenders.LinesPerRequest * 5 : settings.Rate;
        var target = settings.Otlp ?? collector!.HttpAddress;
        using var senders = new NumberedSenders(target, fault, rate, Guid.NewGuid().ToString("N")[..8], time);
        var happening = fault.HappenAsync(broker, time, stop);
        await senders.SendAsync(stop);
        var back = await happening;

        // What was acknowledged may still wait in a receiver that keeps it.
        var acknowledged = senders.Acknowledged;
        var (missing, changed) = (int.MaxValue, time.GetTimestamp());
        Dictionary<string, int> seen;
        while (true)
        {
            seen = reader.Seen();
            var now = acknowledged.Count(id => !seen.ContainsKey(id));
            if (now < missing)
                (missing, changed) = (now, time.GetTimestamp());
            if (missing == 0 || time.GetElapsedTime(changed) > Quiet)
                break;
            await Task.Delay(Look, time, stop);
        }

        var twice = seen.Count(line => line.Value > 1);
        var firstAfter = back is { } moment ? reader.FirstAfter(moment) : null;
        return new FaultResult(fault.Name, senders.Lines, missing, twice, firstAfter, senders.Describe());
    }

    private IEnumerable<Fault> Faults()
    {
        var outage = settings.Outage;
        var away = $"Kafka away for {Seconds(outage)}";
        yield return new Fault("none", Lead + Tail);
        yield return new Fault($"{away} when the collector starts", outage + Tail)
        {
            AwayAt = TimeSpan.Zero,
            AwayFor = outage,
            // Nothing else of it is changed.
            Configure = settings.Otlp is null ? static _ => { } : null,
        };
        yield return new Fault($"Kafka restarted under load, away for {Seconds(Restart)}", Lead + Restart + Tail)
        {
            AwayAt = Lead,
            AwayFor = Restart,
        };
        yield return new Fault($"{away} under load", Lead + outage + Tail) { AwayAt = Lead, AwayFor = outage };
        yield return new Fault($"{away}, longer than the buffer lasts", Lead + outage + Tail)
        {
            AwayAt = Lead,
            AwayFor = outage,
            Senders = 8,
            Configure = static options => (options.MaxRequestBytes, options.MaxBufferedBytes) = (64 * 1024, 128 * 1024),
        };
        yield return new Fault($"{away}, senders that wait for 1 s only", Lead + outage + Tail)
        {
            AwayAt = Lead,
            AwayFor = outage,
            SenderTimeout = TimeSpan.FromSeconds(1),
        };
        yield return new Fault("a line of 5 MB in each request", Lead)
        {
            LongLineBytes = 5_000_000,
            Senders = 2,
        };
    }

    private EmbeddedKafkaBroker StartBroker()
    {
        try
        {
            return EmbeddedKafkaBroker.Start(TopicReader.Broker(settings.KafkaPort));
        }
        catch (SocketException fault)
        {
            throw new PortInUseException($"127.0.0.1:{Text(settings.KafkaPort)}", fault.Message, "--kafka-port", fault);
        }
    }

    private static Task<EmbeddedCollectorServer> StartCollectorAsync(EmbeddedKafkaBroker broker, Fault fault, CancellationToken stop)
    {
        var options = new EmbeddedCollectorOptions { BootstrapServers = broker.BootstrapServers };
        fault.Configure?.Invoke(options);
        return EmbeddedCollectorServer.StartAsync(options, cancellationToken: stop);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan? time) =>
        time is { } span ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s") : "";

    private Task WriteRowAsync(string fault, string lines, string lost, string twice, string firstAfter, string sendersSaw) =>
        output.WriteLineAsync($"| {fault,-52} | {lines,7} | {lost,6} | {twice,6} | {firstAfter,18} | {sendersSaw} |");
}
