using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder.Metrics;

/// <summary>
/// What Kafka itself says of the topics that the Forwarder reads and of the dead letters: offsets, commits of the group, replicas. It is
/// asked every 15 seconds, also while the partitions are paused, when what the consumer knows of a partition's end stands still. Each
/// instance reports all partitions, so a query takes the largest, not the sum. Absent while no broker answers.
/// </summary>
internal sealed partial class KafkaMetrics : BackgroundService
{
    /// <summary>Metrics with a series for each topic or partition.</summary>
    public static readonly IReadOnlyCollection<string> ByTopic =
    [
        Prefix + "end_offset", Prefix + "start_offset", Prefix + "committed_offset", Prefix + "group_lag_records",
        Prefix + "under_replicated_partitions", Prefix + "leaderless_partitions",
    ];

    private const string Prefix = "forwarder_kafka_";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // A stop waits for a question that is under way.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly ForwarderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<KafkaMetrics> _logger;
    private volatile Snapshot _snapshot = Snapshot.Empty;
    private string? _trouble;

    public KafkaMetrics(
        IConsumer<byte[], byte[]> consumer,
        IMeterFactory meters,
        IOptions<ForwarderOptions> options,
        TimeProvider time,
        ILogger<KafkaMetrics> logger)
    {
        _consumer = consumer;
        _options = options.Value;
        _time = time;
        _logger = logger;

        var meter = meters.Create(ForwarderMetrics.MeterName);
        Partitioned("end_offset", snapshot => snapshot.Ends, null, "Offset that the next record of a partition gets.");
        Partitioned("start_offset", snapshot => snapshot.Starts, null, "Offset of the oldest record that a partition keeps.");
        Partitioned("committed_offset", snapshot => snapshot.Commits, null, "Offset that the group has committed, if any.");
        Partitioned("group_lag_records", snapshot => snapshot.Lags, "{record}", "Records of a partition that the group has not committed.");
        ByTopic("under_replicated_partitions", snapshot => snapshot.UnderReplicated, "Partitions with too few replicas in sync.");
        ByTopic("leaderless_partitions", snapshot => snapshot.Leaderless, "Partitions that no broker leads: nobody can read them.");
        meter.CreateObservableGauge(
            Prefix + "brokers", () => _snapshot.Brokers, "{broker}", "Brokers that the cluster knows of; 0 while none answers.");

        void Partitioned(string name, Func<Snapshot, Dictionary<TopicPartition, long>> values, string? unit, string description) =>
            meter.CreateObservableGauge(Prefix + name, () => PerPartition(values(_snapshot)), unit, description);

        void ByTopic(string name, Func<Snapshot, Dictionary<string, long>> values, string description) =>
            meter.CreateObservableGauge(Prefix + name, () => PerTopic(values(_snapshot)), "{partition}", description);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The service that reads closes the consumer when it stops.
        using var lease = new ClientLease(_consumer.Handle);
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            do
            {
                _snapshot = await AskAsync(admin);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The host stops.
        }
    }

    private async Task<Snapshot> AskAsync(IAdminClient admin)
    {
        try
        {
            var metadata = await Task.Run(() => admin.GetMetadata(Patience));
            var topics = metadata.Topics.FindAll(topic => !topic.Error.IsError && IsOurs(topic.Topic));
            var snapshot = new Snapshot
            {
                Brokers = metadata.Brokers.Count,
                UnderReplicated = Count(topics, partition => partition.InSyncReplicas.Length < partition.Replicas.Length),
                Leaderless = Count(topics, partition => partition.Leader < 0),
            };

            var led = topics
                .SelectMany(topic => topic.Partitions.Where(p => p.Leader >= 0).Select(p => new TopicPartition(topic.Topic, p.PartitionId)))
                .ToList();
            if (led.Count > 0)
            {
                snapshot.Ends = await OffsetsAsync(admin, led, OffsetSpec.Latest());
                snapshot.Starts = await OffsetsAsync(admin, led, OffsetSpec.Earliest());
                var read = led.FindAll(partition => partition.Topic != _options.DeadLetterTopic);
                snapshot.Commits = await CommitsAsync(admin, read);
                snapshot.Lags = Lags(snapshot, read);
            }

            _trouble = null;
            return snapshot;
        }
        catch (KafkaException exception)
        {
            // Once for each reason: it may last for hours.
            if (_trouble != exception.Error.Reason)
                LogTrouble(_trouble = exception.Error.Reason);
            return Snapshot.Empty;
        }
    }

    private bool IsOurs(string topic) =>
        topic == _options.DeadLetterTopic || ForwarderOptions.List(_options.Topics).Any(name => IsNamed(topic, name));

    private static bool IsNamed(string topic, string name) =>
        name[0] == '^' ? Regex.IsMatch(topic, name, RegexOptions.CultureInvariant) : name == topic;

    private static Dictionary<string, long> Count(List<TopicMetadata> topics, Func<PartitionMetadata, bool> counts) =>
        topics.ToDictionary(topic => topic.Topic, topic => (long)topic.Partitions.Count(counts));

    private static async Task<Dictionary<TopicPartition, long>> OffsetsAsync(
        IAdminClient admin, List<TopicPartition> partitions, OffsetSpec which)
    {
        var answer = await admin.ListOffsetsAsync(
            partitions.ConvertAll(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = which }),
            new ListOffsetsOptions { RequestTimeout = Patience });
        return answer.ResultInfos.Select(result => result.TopicPartitionOffsetError)
            .Where(HasOffset)
            .ToDictionary(partition => partition.TopicPartition, partition => partition.Offset.Value);
    }

    private async Task<Dictionary<TopicPartition, long>> CommitsAsync(IAdminClient admin, List<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
            return [];
        var answer = await admin.ListConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitions(_options.GroupId, partitions)],
            new ListConsumerGroupOffsetsOptions { RequestTimeout = Patience });
        return answer.SelectMany(group => group.Partitions).Where(HasOffset).ToDictionary(p => p.TopicPartition, p => p.Offset.Value);
    }

    // Without a commit all that a partition keeps is still to be read.
    private static Dictionary<TopicPartition, long> Lags(Snapshot snapshot, List<TopicPartition> partitions)
    {
        var lags = new Dictionary<TopicPartition, long>();
        foreach (var partition in partitions)
        {
            if (snapshot.Ends.TryGetValue(partition, out var end)
                && (snapshot.Commits.TryGetValue(partition, out var done) || snapshot.Starts.TryGetValue(partition, out done)))
                lags.Add(partition, Math.Max(0, end - done));
        }

        return lags;
    }

    private static bool HasOffset(TopicPartitionOffsetError partition) => !partition.Error.IsError && partition.Offset.Value >= 0;

    private static IEnumerable<Measurement<long>> PerPartition(Dictionary<TopicPartition, long> values) =>
        values.Select(value => new Measurement<long>(
            value.Value,
            new KeyValuePair<string, object?>("topic", value.Key.Topic),
            new KeyValuePair<string, object?>("partition", value.Key.Partition.Value)));

    private static IEnumerable<Measurement<long>> PerTopic(Dictionary<string, long> values) =>
        values.Select(value => new Measurement<long>(value.Value, new KeyValuePair<string, object?>("topic", value.Key)));

    [LoggerMessage(LogLevel.Warning, "Kafka's offsets are not to be had, so the metrics forwarder_kafka_* are missing: {Reason}")]
    private partial void LogTrouble(string reason);

    private sealed class Snapshot
    {
        public static Snapshot Empty { get; } = new();

        public long Brokers { get; init; }

        public Dictionary<TopicPartition, long> Ends { get; set; } = [];

        public Dictionary<TopicPartition, long> Starts { get; set; } = [];

        public Dictionary<TopicPartition, long> Commits { get; set; } = [];

        public Dictionary<string, long> UnderReplicated { get; init; } = [];

        public Dictionary<string, long> Leaderless { get; init; } = [];

        public Dictionary<TopicPartition, long> Lags { get; set; } = [];
    }
}
