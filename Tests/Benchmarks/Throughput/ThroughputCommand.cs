using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Observability.Embedded.EmbeddedKafka;
using Observability.Forwarder.Metrics;

namespace Observability.Benchmarks.Throughput;

/// <summary>
/// The whole Forwarder, from a broker to a store that only counts, beside a bare Confluent.Kafka consume loop on the
/// same topic. Each is a process of its own on core 0; broker and store are a third one on core 1.
/// </summary>
internal static class ThroughputCommand
{
    private const string Topic = "test-logs";
    private const int Partitions = 48;
    private const int LinesPerTurn = 1000;

    // The last batch waits until it is old (Batch:MaxAge), and what waits is not measured; it has at most 2 MiB.
    private const int LastBatch = 15_000;

    private static readonly Option<int> Lines = new("--lines") { Description = "Lines in the topic", DefaultValueFactory = _ => 3_000_000 };
    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often each is measured, in turn",
        DefaultValueFactory = _ => 3
    };
    private static readonly Option<string> Kafka = new("--kafka") { Required = true };
    private static readonly Option<string> Loki = new("--loki") { Required = true };
    private static readonly Option<bool> Stall = new(
        "--stall")
    { Description = "Only run until everything that fits is buffered, and report memory" };

    /// <summary>The comparison.</summary>
    public static Command Create()
    {
        var command = new Command("throughput",
            "The Forwarder beside a bare consume loop: lines a second, CPU a line, memory") { Lines, Rounds };
        command.SetAction((parsed, stop) => CompareAsync(parsed.GetValue(Lines), parsed.GetValue(Rounds), stop));
        return command;
    }

    /// <summary>One bare consume loop.</summary>
    public static Command CreateConsume()
    {
        var command = new Command("consume") { Lines, Kafka };
        command.Hidden = true;
        command.SetAction(parsed => Print(Consume(parsed.GetValue(Kafka)!, parsed.GetValue(Lines))));
        return command;
    }

    /// <summary>One Forwarder.</summary>
    public static Command CreateForward()
    {
        var command = new Command("forward") { Lines, Kafka, Loki, Stall };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) => Print(
            await ForwardAsync(parsed.GetValue(Kafka)!, parsed.GetValue(Loki)!, parsed.GetValue(Lines), parsed.GetValue(Stall), stop)));
        return command;
    }

    /// <summary>Broker and store.</summary>
    public static Command CreateServe()
    {
        var command = new Command("serve") { Lines };
        command.Hidden = true;
        command.SetAction((parsed, stop) => ServeAsync(parsed.GetValue(Lines), stop));
        return command;
    }

    private static async Task<int> CompareAsync(int lines, int rounds, CancellationToken stop)
    {
        using var server = Start("serve", "--lines", Text(lines));
        Console.Error.WriteLine($"Producing {lines:N0} lines of {SampleLines.Size} bytes …");
        // Without an address it has said on standard error why.
        if (await server.StandardOutput.ReadLineAsync(stop) is not { } line)
            return 1;
        var addresses = line.Split(' ');
        var (kafka, loki) = (addresses[0], addresses[1]);
        try
        {
            List<double> wall = [], cpu = [];
            Console.WriteLine("            lines/s   CPU us/line   managed B/line   peak MB");
            for (var round = 0; round < rounds; round++)
            {
                var bare = await RunAsync(stop, "consume", "--lines", Text(lines), "--kafka", kafka);
                var whole = await RunAsync(stop, "forward", "--lines", Text(lines), "--kafka", kafka, "--loki", loki);
                Row("consume", bare);
                Row("forward", whole);
                wall.Add(whole.LinesPerSecond / bare.LinesPerSecond);
                cpu.Add(bare.MicrosecondsOfCpu / whole.MicrosecondsOfCpu);
            }

            var stalled = await RunAsync(stop, "forward", "--lines", Text(lines), "--kafka", kafka, "--loki", loki + "stalled/", "--stall");
            Row("stalled", stalled);
            Console.WriteLine(
                $"forward / consume: {Median(wall):0.00} in lines/s (median of {rounds}; {wall.Min():0.00} to {wall.Max():0.00}), {Median(cpu):0.00} in lines per CPU second");
        }
        finally
        {
            server.Kill();
        }

        return 0;
    }

    private static void Row(string name, RunResult result) => Console.WriteLine(
        $"{name,-8} {result.LinesPerSecond,10:N0} {result.MicrosecondsOfCpu,13:0.000} {(double)result.AllocatedBytes / result.Lines,16:0.0} {result.PeakResidentBytes / 1e6,9:0}");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static RunResult Consume(string kafka, int lines)
    {
        Measurement.Pin(0);
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka,
            GroupId = "bare-" + Guid.NewGuid(),
            GroupProtocol = GroupProtocol.Consumer,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = true,
            // As the Forwarder has it: with the default second both would mostly wait.
            FetchQueueBackoffMs = 10,
        }).Build();
        consumer.Subscribe(Topic);
        for (var read = 0; read < WarmUp(lines); read++)
            consumer.Consume();
        var measurement = new Measurement();
        for (var read = WarmUp(lines); read < lines; read++)
            consumer.Consume();
        var result = measurement.Finish(lines - WarmUp(lines));
        consumer.Close();
        return result;
    }

    private static async Task<RunResult> ForwardAsync(string kafka, string loki, int lines, bool stall, CancellationToken stop)
    {
        Measurement.Pin(0);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:kafka"] = kafka,
            ["ConnectionStrings:loki"] = loki,
            ["Forwarder:GroupId"] = "forwarder-" + Guid.NewGuid(),
            ["Forwarder:Topics"] = Topic,
            // The store has no limits, as a Loki that is to take this much: deploy/config/loki/loki.yaml.
            ["Forwarder:Loki:StreamRate"] = "64MiB",
            ["Forwarder:Loki:StreamBurst"] = "128MiB",
            ["Aspire:Confluent:Kafka:Consumer:Config:GroupProtocol"] = nameof(GroupProtocol.Consumer),
        });
        builder.AddForwarder();
        using var host = builder.Build();
        var metrics = host.Services.GetRequiredService<ForwarderMetrics>();
        await host.StartAsync(stop);
        if (!stall)
            await UntilAsync(() => metrics.Topics.Sum(topic => topic.StoredLines) >= WarmUp(lines), stop);
        var measurement = new Measurement();
        var before = metrics.Topics.Sum(topic => topic.StoredLines);
        if (stall)
            await UntilAsync(() => metrics.IsPaused, stop);
        else
            await UntilAsync(() => metrics.Topics.Sum(topic => topic.StoredLines) >= lines - LastBatch, stop);
        var measured = stall ? metrics.Topics.Sum(topic => topic.Records) : metrics.Topics.Sum(topic => topic.StoredLines) - before;
        var result = measurement.Finish(Math.Max(1, measured));
        if (!stall)
            await host.StopAsync(stop);
        return result;
    }

    // The first million or two pay for compiling the code, in the background; a service runs for days.
    private static int WarmUp(int lines) => lines / 3 * 2;

    private static async Task UntilAsync(Func<bool> condition, CancellationToken stop)
    {
        while (!condition())
            await Task.Delay(5, stop);
    }

    private static async Task<int> ServeAsync(int lines, CancellationToken stop)
    {
        Measurement.Pin(1);
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions());
        broker.CreateTopic(Topic, Partitions);
        await using var store = await CountingStore.StartAsync();
        using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            CompressionType = CompressionType.Zstd,
            LingerMs = 100,
            BatchNumMessages = 10_000,
            QueueBufferingMaxMessages = 1_000_000,
            DeliveryReportFields = "none",
        }).Build())
        {
            var time = DateTime.UtcNow;
            for (var i = 0; i < lines; i++)
            {
                // In turn, since a partition keeps only so much: left to the partitioner, a burst is spread unevenly.
                var partition = new TopicPartition(Topic, i / LinesPerTurn % Partitions);
                var message = new Message<Null, byte[]> { Value = SampleLines.Create(i, time.AddMilliseconds(i / 100.0)) };
                while (true)
                {
                    try
                    {
                        producer.Produce(partition, message);
                        break;
                    }
                    catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                    {
                        producer.Poll(TimeSpan.FromMilliseconds(10));
                    }
                }
            }

            producer.Flush(stop);
        }

        var kept = (await broker.GetWatermarksAsync(Topic)).Values.Sum(offsets => offsets.High - offsets.Low);
        if (kept < lines)
            throw new InvalidOperationException($"The broker kept {kept} of {lines} lines: ask for fewer with --lines.");
        Console.WriteLine($"{broker.BootstrapServers} {store.Address}");
        await Task.Delay(Timeout.Infinite, stop);
        return 0;
    }

    private static int Print(RunResult result)
    {
        Console.WriteLine(JsonSerializer.Serialize(result));
        return 0;
    }

    private static async Task<RunResult> RunAsync(CancellationToken stop, params string[] arguments)
    {
        using var process = Start(arguments);
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return JsonSerializer.Deserialize<RunResult>(output.Trim().Split('\n')[^1])!;
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
