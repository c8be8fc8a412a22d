using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Observability.Embedded.EmbeddedKafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Integration;
using Observability.ServiceDefaults.Settings;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>
/// A broker, a store that errs, and Forwarders as processes of their own, with a guard that sees a process that ends, a partition that
/// stands still and memory that grows.
/// </summary>
internal sealed class Run : IAsyncDisposable
{
    public const string DeadLetters = "dead-letters";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    // However busy the machine is: with a store that answers one push in three, a partition moves within a second or two.
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(30);

    private readonly List<ServiceProcess> _forwarders = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<string> _topics;
    private readonly TopicTail _records;
    private readonly TopicTail _letters;
    private readonly Task _guard;

    private Run(
        EmbeddedKafkaBroker broker, FaultyStore store, IReadOnlyDictionary<string, int> topics, Dictionary<string, string?> settings)
    {
        (Broker, Store, _topics) = (broker, store, [.. topics.Keys]);
        Settings = new(settings)
        {
            ["ConnectionStrings:kafka"] = broker.BootstrapServers,
            ["ConnectionStrings:loki"] = store.Address.ToString(),
            ["Forwarder:Topics"] = string.Join(',', topics.Keys),
            ["Forwarder:Batch:MaxAge"] = "00:00:00.050",
            ["Forwarder:Loki:Timeout"] = "00:00:01",
            ["Forwarder:Loki:MinBackoff"] = "00:00:00.010",
            ["Forwarder:Loki:MaxBackoff"] = "00:00:00.100",
            ["Forwarder:CommitInterval"] = "00:00:00.200",
            ["Logging:LogLevel:Default"] = "Error",
            ["Aspire:Confluent:Kafka:Consumer:Config:GroupProtocol"] = nameof(GroupProtocol.Consumer),
            ["Aspire:Confluent:Kafka:Consumer:Config:FetchWaitMaxMs"] = "20",
            ["Aspire:Confluent:Kafka:Consumer:Config:ReconnectBackoffMs"] = "50",
            ["Aspire:Confluent:Kafka:Consumer:Config:ReconnectBackoffMaxMs"] = "200",
        };
        Options = SettingsReader.Read<ForwarderOptions>(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build());
        _records = new TopicTail(broker.BootstrapServers, topics.SelectMany(topic => Partitions(topic.Key, topic.Value)));
        _letters = new TopicTail(broker.BootstrapServers, Partitions(DeadLetters, 1));
        _guard = Task.Run(GuardAsync);
    }

    public EmbeddedKafkaBroker Broker { get; }

    public FaultyStore Store { get; }

    public Dictionary<string, string?> Settings { get; }

    /// <summary>The settings of the Forwarders, as they read them.</summary>
    public ForwarderOptions Options { get; }

    /// <summary>What the guard saw; null as long as all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The largest resident memory of any Forwarder, in bytes (VmHWM); 0 where the system does not tell.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Whether the broker is away on purpose: nothing moves then.</summary>
    public bool IsBrokerAway { get; set; }

    /// <summary>Dead letters so far.</summary>
    public int Letters => _letters.Count;

    public static Run Start(FaultyStore store, IReadOnlyDictionary<string, int> topics, Dictionary<string, string?> settings)
    {
        var options = new EmbeddedKafkaOptions
        {
            Topics = { [DeadLetters] = 1 },
            ConsumerProtocolHeartbeatInterval = TimeSpan.FromMilliseconds(100),
            ConsumerProtocolSessionTimeout = TimeSpan.FromSeconds(2),
        };
        foreach (var (name, partitions) in topics)
            options.Topics.Add(name, partitions);
        return new Run(EmbeddedKafkaBroker.Start(options), store, topics, settings);
    }

    public ServiceProcess StartForwarder()
    {
        var forwarder = ServiceProcess.Start("Forwarder", Settings);
        lock (_forwarders)
            _forwarders.Add(forwarder);
        return forwarder;
    }

    public void Kill(ServiceProcess forwarder)
    {
        lock (_forwarders)
            _forwarders.Remove(forwarder);
        forwarder.Dispose();
    }

    /// <summary>Records that no Forwarder has committed yet.</summary>
    public Task<long> CountUncommittedAsync() => Broker.CountUncommittedAsync(Options.GroupId, _topics);

    /// <summary>Waits for a condition, or until the guard sees trouble.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (true)
        {
            Assert.True(Trouble is null, Trouble);
            try
            {
                if (await condition())
                    return;
            }
            catch (KafkaException)
            {
                // The broker is away or errs on purpose.
            }

            await Task.Delay(Poll, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until all is committed, and judges.</summary>
    /// <param name="mayRepeatLetters">Whether a dead letter may come twice.</param>
    public async Task<Judge> JudgeAsync(bool mayRepeatLetters)
    {
        await UntilAsync(async () => await CountUncommittedAsync() == 0);
        var ends = await Broker.GetEndOffsetsAsync(_topics);
        var letters = await Broker.GetEndOffsetsAsync(DeadLetters);
        await UntilAsync(() => Task.FromResult(_records.HasRead(ends) && _letters.HasRead(letters)));
        Assert.Null(_records.Gap);
        Assert.Null(_letters.Gap);

        var judge = new Judge(new Oracle(Options));
        _records.Read().ForEach(judge.AddRecord);
        _letters.Read().ForEach(letter => judge.AddLetter(letter, mayRepeatLetters));
        judge.Compare(Store.Read());
        return judge;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _guard;
        _forwarders.ForEach(forwarder => forwarder.Dispose());
        _records.Dispose();
        _letters.Dispose();
        await Store.DisposeAsync();
        Broker.Dispose();
        _stop.Dispose();
    }

    private async Task GuardAsync()
    {
        Dictionary<TopicPartition, (long Committed, DateTime Since)> moved = [];
        while (!_stop.IsCancellationRequested && Trouble is null)
        {
            WatchProcesses();
            try
            {
                var committed = await Broker.GetCommittedOffsetsAsync(Options.GroupId, _topics);
                var ends = await Broker.GetEndOffsetsAsync(_topics);
                foreach (var (partition, offset) in committed)
                {
                    var (before, since) = moved.GetValueOrDefault(partition, (-1, default));
                    if (before != offset || ends[partition].Value == offset || IsBrokerAway)
                        moved[partition] = (offset, DateTime.UtcNow);
                    else if (DateTime.UtcNow - since > LongestStall)
                        Trouble ??= $"{partition} stands at {offset} of {ends[partition]} for {LongestStall}; {State()}\n{Outputs()}";
                }
            }
            catch (KafkaException)
            {
                moved.Clear();
            }

            await Task.Delay(Poll * 2, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string State() =>
        $"{_records.Count} records, {Store.StoredLines} lines stored, {Letters} dead letters, answers {Store.DrawnText}";

    private void WatchProcesses()
    {
        lock (_forwarders)
        {
            foreach (var forwarder in _forwarders)
            {
                if (forwarder.HasExited)
                    Trouble ??= $"a Forwarder has ended by itself\n{forwarder.Output}";
                else
                    PeakBytes = Math.Max(PeakBytes, PeakOf(forwarder.Id));
            }
        }
    }

    private string Outputs()
    {
        lock (_forwarders)
            return string.Join("\n\n", _forwarders.Select(forwarder => forwarder.Output[Math.Max(0, forwarder.Output.Length - 4000)..]));
    }

    private static long PeakOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words is null ? 0 : long.Parse(words[^2], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static IEnumerable<TopicPartition> Partitions(string topic, int count) =>
        Enumerable.Range(0, count).Select(partition => new TopicPartition(topic, partition));
}
