using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Confluent.Kafka;
using Observability.Benchmarks.Throughput;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.Benchmarks.Limits;

/// <summary>Inputs to the Forwarder, to the embedded collector and to the LogGenerator's control API.</summary>
internal static class ServiceInputs
{
    private const string Topic = "test-logs";
    private const string DeadLetters = "dead-letters";
    private const int LinesOfBatch = 472_440;

    // What no longer moves by then stands.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static IEnumerable<LimitInput> All { get; } =
    [
        new(
            "Kafka: 472,440 lines of JSON, 60 MB, in one zstd batch", "stood for ever",
            stop => ForwardAsync(LargeBatchAsync, stop)),
        new("Kafka: a record of 40 MB, one letter, gzip", "all partitions stood for ever",
            stop => ForwardAsync((servers, token) => ProduceAsync(servers, CompressionType.Gzip, Letters(40_000_000), token), stop)),
        new("Kafka: a record of 1,000,000 empty log records, zstd", "5 GB",
            stop => ForwardAsync(
                (servers, token) => ProduceAsync(servers, CompressionType.Zstd, OddBytes.Otlp(OddBytes.Empty(1_000_000)), token), stop)),
        new("Kafka: a record of 60,000 lines, 16 MB, lz4", "19 GB and rising",
            stop => ForwardAsync((servers, token) => ProduceAsync(servers, CompressionType.Lz4, ManyLines(), token), stop)),
        new("Kafka: an OTLP attribute without a name beside a body of JSON", "stood for ever",
            stop => ForwardAsync(
                (servers, token) => ProduceAsync(servers, CompressionType.None, OddBytes.Otlp(OddBytes.Record("{}", "")), token), stop)),
        new("an endless answer of the store to `/ready`, asked by `/health`", "2.15 GB", EndlessAsync),
        new("`{\"rate\":\"NaN\"}` to `PUT /generator`, then a new rate", "ended the process", NotANumberAsync),
        new("collector, OTLP, gzip: 8,000,000 empty records in 16 KB", "not looked at", CollectAsync),
    ];

    private static async Task<LimitResult> ForwardAsync(Func<string, CancellationToken, Task> produce, CancellationToken stop)
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { [Topic] = 4, [DeadLetters] = 1 } });
        await using var store = await CountingStore.StartAsync();
        using var program = await BuiltProgram.StartAsync("Forwarder", Settings(broker.BootstrapServers, store.Address), stop);
        // All that is made once is made before it counts.
        await ProduceAsync(broker.BootstrapServers, CompressionType.None, "{\"level\":\"info\"}"u8.ToArray(), stop);
        await ProduceAsync(broker.BootstrapServers, CompressionType.Zstd, OddBytes.Otlp(OddBytes.Record("{}", "a")), stop);
        await CommittedAsync(broker, program, stop);
        await program.SettleAsync(stop);
        var letters = (await broker.GetEndOffsetsAsync(DeadLetters)).Values.Sum(offset => offset.Value);

        await produce(broker.BootstrapServers, stop);
        var began = Stopwatch.GetTimestamp();
        var isDone = await CommittedAsync(broker, program, stop);
        letters = (await broker.GetEndOffsetsAsync(DeadLetters)).Values.Sum(offset => offset.Value) - letters;
        var time = Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        var answer = program.HasEnded ? "the process ended" : !isDone ? "stands"
            : letters == 0 ? $"stored after {time} s" : $"{letters} dead letter after {time} s";
        return new(answer, program.PeakBytes, program.CpuSeconds);
    }

    private static async Task<bool> CommittedAsync(EmbeddedKafkaBroker broker, BuiltProgram program, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        while (!program.HasEnded && Stopwatch.GetElapsedTime(began) < Patience)
        {
            if (await broker.CountUncommittedAsync("forwarder", Topic) == 0)
                return true;
            await Task.Delay(100, stop);
        }

        return false;
    }

    private static async Task<LimitResult> EndlessAsync(CancellationToken stop)
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { [Topic] = 1 } });
        using var store = new EndlessServer();
        using var program = await BuiltProgram.StartAsync("Forwarder", Settings(broker.BootstrapServers, store.Address), stop);
        await program.SettleAsync(stop);
        using var client = new HttpClient { BaseAddress = program.Address };
        using var answer = await client.GetAsync(new Uri("health", UriKind.Relative), stop);
        return new($"{(int)answer.StatusCode}", program.PeakBytes, program.CpuSeconds);
    }

    private static async Task<LimitResult> NotANumberAsync(CancellationToken stop)
    {
        using var program = await BuiltProgram.StartAsync(
            "LogGenerator", ["--sink", "stdout", "--rate", "10"], stop);
        await program.SettleAsync(stop);
        using var client = new HttpClient { BaseAddress = program.Address };
        var first = await PutAsync("{\"rate\":\"NaN\"}");
        var second = await PutAsync("{\"rate\":20}");
        await Task.Delay(500, stop);
        return new($"{first}, then {second}" + (program.HasEnded ? "; the process ended" : ""), program.PeakBytes, program.CpuSeconds);

        async Task<int> PutAsync(string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await client.PutAsync(new Uri("generator", UriKind.Relative), content, stop);
            return (int)answer.StatusCode;
        }
    }

    private static async Task<LimitResult> CollectAsync(CancellationToken stop)
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["alloy-logs"] = 1 } });
        // One program for both ports: OTLP has one of its own.
        var otlp = FreePort();
        string[] arguments = ["collector", "--kafka", broker.BootstrapServers, "--otlp-port", Text(otlp), "--otlp-grpc-port", "0"];
        using var program = await BuiltProgram.StartAsync("AllInOne", arguments, stop);
        await program.SettleAsync(stop);
        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
        using var content = new ByteArrayContent(OddBytes.Gzip(OddBytes.Otlp(OddBytes.Empty(8_000_000))));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{Text(otlp)}/v1/logs"), content, stop);
        var words = LimitsCommand.Shorten(await answer.Content.ReadAsStringAsync(stop));
        return new($"{(int)answer.StatusCode} {words}", program.PeakBytes, program.CpuSeconds);
    }

    private static string[] Settings(string kafka, Uri loki) =>
    [
        "--kafka", kafka, "--loki", loki.ToString(), "--Forwarder:Topics=" + Topic,
        "--Aspire:Confluent:Kafka:Consumer:Config:GroupProtocol=Consumer",
    ];

    private static Task LargeBatchAsync(string servers, CancellationToken stop)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = servers,
            CompressionType = CompressionType.Zstd,
            CompressionLevel = 12,
            MessageMaxBytes = 200_000_000,
            BatchSize = 200_000_000,
            BatchNumMessages = LinesOfBatch,
            QueueBufferingMaxMessages = LinesOfBatch + 1,
            QueueBufferingMaxKbytes = 400_000,
            LingerMs = 60_000,
            DeliveryReportFields = "none",
        }).Build();
        var partition = new TopicPartition(Topic, 1);
        for (var i = 0; i < LinesOfBatch; i++)
        {
            var message = $"Order {i} was placed by a customer, and is on its way through the house";
            var line = $$"""{"level":"info","service":"batch","message":"{{message}}"}""";
            producer.Produce(partition, new() { Value = Encoding.UTF8.GetBytes(line) });
        }

        producer.Flush(stop);
        return Task.CompletedTask;
    }

    private static async Task ProduceAsync(string servers, CompressionType compression, byte[] value, CancellationToken stop)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig { BootstrapServers = servers, CompressionType = compression, MessageMaxBytes = 100_000_000 }).Build();
        await producer.ProduceAsync(new TopicPartition(Topic, 0), new() { Value = value }, stop);
    }

    private static byte[] Letters(int count)
    {
        var letters = new byte[count];
        letters.AsSpan().Fill((byte)'x');
        return letters;
    }

    private static byte[] ManyLines() => OddBytes.Otlp(
        [.. Enumerable.Range(0, 60_000).SelectMany(i => OddBytes.Record($"{i} {new string('x', 250)}"))]);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
