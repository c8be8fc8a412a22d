using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.EmbeddedLoki;
using Observability.Forwarder.Metrics;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>A broker and a store that outlive the Forwarders of a test.</summary>
internal sealed class Stack : IAsyncDisposable
{
    public const string Topic = "test-logs";
    public const string DeadLetters = "dead-letters";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly List<IHost> _hosts = [];

    private Stack(EmbeddedKafkaBroker broker, EmbeddedLokiServer loki)
    {
        Broker = broker;
        Loki = loki;
        Settings = new()
        {
            ["ConnectionStrings:kafka"] = broker.BootstrapServers,
            ["ConnectionStrings:loki"] = loki.Address.ToString(),
            ["Forwarder:Batch:MaxAge"] = "00:00:00.100",
            ["Forwarder:Loki:MaxBackoff"] = "00:00:00.500",
            ["Aspire:Confluent:Kafka:Consumer:Config:GroupProtocol"] = nameof(GroupProtocol.Consumer),
            // The mock broker answers a fetch that finds nothing only after this long.
            ["Aspire:Confluent:Kafka:Consumer:Config:FetchWaitMaxMs"] = "20",
            ["Aspire:Confluent:Kafka:Consumer:Config:ReconnectBackoffMs"] = "100",
            ["Aspire:Confluent:Kafka:Consumer:Config:ReconnectBackoffMaxMs"] = "500",
        };
    }

    public EmbeddedKafkaBroker Broker { get; }

    public EmbeddedLokiServer Loki { get; }

    /// <summary>The settings of every Forwarder that is started from here on.</summary>
    public Dictionary<string, string?> Settings { get; }

    public static async Task<Stack> StartAsync(EmbeddedLokiOptions? limits = null)
    {
        var broker = EmbeddedKafkaBroker.Start(
            new EmbeddedKafkaOptions { Topics = { [Topic] = 4, ["alloy-logs"] = 2, [DeadLetters] = 1 } });
        return new Stack(broker, await EmbeddedLokiServer.StartAsync(limits, cancellationToken: TestContext.Current.CancellationToken));
    }

    /// <summary>Starts a Forwarder in this process.</summary>
    public async Task<IHost> StartForwarderAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.AddForwarder();
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Starts a Forwarder in a process of its own.</summary>
    public ServiceProcess StartForwarderProcess() => ServiceProcess.Start("Forwarder", Settings);

    /// <summary>Starts <c>LogGenerator verify</c>, which judges what the store shows.</summary>
    public ServiceProcess StartVerify(int lines, int rate) => ServiceProcess.Start("LogGenerator", [], VerifyArguments(lines, rate));

    /// <summary>The arguments of <c>LogGenerator</c> that judge what the store shows.</summary>
    public string[] VerifyArguments(int lines, int rate) =>
    [
        "verify",
        "--lines", Text(lines),
        "--rate", Text(rate),
        "--timeout", "60s",
        "--kafka", Broker.BootstrapServers,
        "--loki", Loki.Address.ToString(),
        "--json",
    ];

    /// <summary>Expects that a verification ends well.</summary>
    public static async Task PassesAsync(ServiceProcess verify)
    {
        var code = await verify.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"verify ended with {code}:\n{verify.Output}");
    }

    /// <summary>Writes records, and waits until the broker has them.</summary>
    public async Task ProduceAsync(string topic, params IEnumerable<Message<byte[], byte[]>> messages)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = Broker.BootstrapServers, LingerMs = 5 }).Build();
        await Task.WhenAll(messages.Select(message => producer.ProduceAsync(topic, message, TestContext.Current.CancellationToken)));
    }

    /// <summary>Writes records to one partition.</summary>
    public async Task ProduceAsync(string topic, IEnumerable<Message<byte[], byte[]>> messages, int partition)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = Broker.BootstrapServers, LingerMs = 5 }).Build();
        var target = new TopicPartition(topic, partition);
        await Task.WhenAll(messages.Select(message => producer.ProduceAsync(target, message, TestContext.Current.CancellationToken)));
    }

    /// <summary>Writes text records.</summary>
    public Task ProduceAsync(string topic, params IEnumerable<string> values) =>
        ProduceAsync(topic, values.Select(value => new Message<byte[], byte[]> { Value = Encoding.UTF8.GetBytes(value) }));

    /// <summary>The lines that a query shows, with their stream labels and structured metadata as the store answers them.</summary>
    public async Task<List<(string Line, Dictionary<string, string> Labels)>> QueryAsync(string query)
    {
        using var client = new HttpClient();
        var url = new Uri(Loki.Address, $"loki/api/v1/query_range?limit=5000&since=1h&query={Uri.EscapeDataString(query)}");
        var answer = await client.GetStringAsync(url, TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(answer);
        return [.. document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().SelectMany(stream =>
            stream.GetProperty("values").EnumerateArray().Select(value => (
                value[1].GetString()!,
                stream.GetProperty("stream").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!))))];
    }

    /// <summary>Waits until a query shows as many lines.</summary>
    public async Task<List<(string Line, Dictionary<string, string> Labels)>> WaitForLinesAsync(string query, int count)
    {
        List<(string Line, Dictionary<string, string> Labels)> lines = [];
        await UntilAsync(async () => (lines = await QueryAsync(query)).Count >= count);
        return lines;
    }

    /// <summary>Reads a topic to its end.</summary>
    public async Task<List<ConsumeResult<byte[], byte[]>>> ReadAsync(string topic)
    {
        var watermarks = await Broker.GetWatermarksAsync(topic);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = Broker.BootstrapServers, GroupId = "reader" }).Build();
        List<ConsumeResult<byte[], byte[]>> records = [];
        foreach (var (partition, offsets) in watermarks)
        {
            consumer.Assign(new TopicPartitionOffset(partition, offsets.Low));
            for (var offset = offsets.Low.Value; offset < offsets.High.Value; offset++)
                records.Add(consumer.Consume(TestContext.Current.CancellationToken));
        }

        return records;
    }

    /// <summary>What the group of the Forwarders has committed, summed up over the partitions of a topic.</summary>
    public async Task<long> CommittedAsync(string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = Broker.BootstrapServers, GroupId = "forwarder" }).Build();
        var partitions = (await Broker.GetWatermarksAsync(topic)).Keys;
        return consumer.Committed(partitions, TimeSpan.FromSeconds(10)).Sum(offset => Math.Max(0, offset.Offset.Value));
    }

    /// <summary>Waits for a condition; the test's own time limit ends a wait in vain.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(Poll, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}})"/>
    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public static ForwarderMetrics MetricsOf(IHost host) => host.Services.GetRequiredService<ForwarderMetrics>();

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }

        await Loki.DisposeAsync();
        Broker.Dispose();
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
