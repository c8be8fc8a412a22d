using Observability.ServiceDefaults.Loki;

namespace Observability.Embedded.EmbeddedLoki.Limits;

/// <summary>
/// Settings of the embedded log store. The limits have Loki's own defaults (pkg/validation/limits.go, v3.7.6), save that nothing is limited
/// by rate unless asked for. Zero switches a limit off where the text says so.
/// </summary>
public sealed class EmbeddedLokiOptions
{
    /// <summary>
    /// Memory for lines, structured metadata and their index, in bytes; the oldest chunks go when it is full. Default 512 MiB, at least 64
    /// KiB.
    /// </summary>
    public long MaxBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Longest line in bytes; 0 for no limit. Default 256 KiB.</summary>
    public int MaxLineSize { get; set; } = LokiLimits.LineBytes;

    /// <summary>Most labels a stream may have, <c>service_name</c> not counted. Default 15.</summary>
    public int MaxLabelNames { get; set; } = LokiLimits.LabelNames;

    /// <summary>Longest name of a label in bytes. Default 1024.</summary>
    public int MaxLabelNameLength { get; set; } = LokiLimits.LabelNameBytes;

    /// <summary>Longest value of a label in bytes. Default 2048.</summary>
    public int MaxLabelValueLength { get; set; } = LokiLimits.LabelValueBytes;

    /// <summary>
    /// Most streams in the ingester's memory; one more gets 429, the entries of the others of the push are stored. 0 for no limit. Default
    /// 5000
    /// (max_global_streams_per_user).
    /// </summary>
    public int MaxStreams { get; set; } = LokiLimits.Streams;

    /// <summary>
    /// A stream that got no entry for so long leaves the ingester's memory: it no longer counts for <see cref="MaxStreams"/>, its newest
    /// time and
    /// its rate are forgotten, and lines that came twice are counted once. Its lines stay. Zero for never. Default 30 minutes
    /// (chunk_idle_period).
    /// </summary>
    public TimeSpan ChunkIdlePeriod { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Bytes of a stream's block (chunk_block_size). A line that comes again while the first one is in the same block is merged; later, log
    /// queries still show it once, but metric queries count it each time it came until the stream leaves the memory
    /// (<see cref="ChunkIdlePeriod"/>). 0 for counting each line once. Default 256 KiB.
    /// </summary>
    public int ChunkBlockBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// Divide a stream above <see cref="ShardStreamsDesiredRateBytes"/> into shards that differ by the label <c>__stream_shard__</c>. A
    /// line that is
    /// sent again may then land in another shard and is shown twice, and <see cref="StreamRateBytes"/> refuses all entries of a shard or
    /// none.
    /// Default false (Loki: shard_streams.enabled is true).
    /// </summary>
    public bool ShardStreams { get; set; }

    /// <summary>
    /// Bytes of lines and metadata a second above which a stream gets another shard. Default 1536 KiB (shard_streams.desired_rate).
    /// </summary>
    public long ShardStreamsDesiredRateBytes { get; set; } = 1536 * 1024;

    /// <summary>An entry older than this is refused; zero for no limit. Default 7 days.</summary>
    public TimeSpan RejectOldSamplesMaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>An entry further ahead of the clock than this is refused. Default 10 minutes.</summary>
    public TimeSpan CreationGracePeriod { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// An entry further behind the newest one of its stream than this is refused: half of Loki's max_chunk_age. Default 1 hour.
    /// </summary>
    public TimeSpan OutOfOrderWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Most structured metadata of an entry in bytes, names and values together; 0 for no limit. Default 64 KiB.</summary>
    public int MaxStructuredMetadataSize { get; set; } = LokiLimits.MetadataBytes;

    /// <summary>Most structured metadata pairs of an entry; 0 for no limit. Default 128.</summary>
    public int MaxStructuredMetadataEntries { get; set; } = LokiLimits.MetadataEntries;

    /// <summary>Largest body of a push as sent, in bytes: more gets 413. Default 32 MiB (Loki: 100 MiB).</summary>
    public int MaxRequestBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Largest body of a push after decompression, in bytes: more gets 413. Default 64 MiB (Loki: 50 times the body as sent).
    /// </summary>
    public int MaxDecompressedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Most entries of a push; more gets 413. For OTLP four times as many messages (records, attributes, values). Default 250,000 (Loki has
    /// no such
    /// limit, but an empty entry is two bytes in a body and a hundred in memory).
    /// </summary>
    public int MaxPushEntries { get; set; } = 250_000;

    /// <summary>
    /// Bytes of lines and metadata a second for all streams together; more gets 429. 0, the default, for no limit (Loki: 4 MB).
    /// </summary>
    public long IngestionRateBytes { get; set; }

    /// <summary>How far <see cref="IngestionRateBytes"/> may be exceeded at once. Default 6 MiB.</summary>
    public long IngestionBurstBytes { get; set; } = 6 * 1024 * 1024;

    /// <summary>
    /// Bytes of lines and metadata a second for each stream; charged line by line, so that 429 may mean that some were stored. As in Loki
    /// the answer
    /// tells of a push's last stream alone: a 204 may hide what was refused of those before. 0, the default, for no limit (Loki: 3 MB).
    /// </summary>
    public long StreamRateBytes { get; set; }

    /// <summary>How far <see cref="StreamRateBytes"/> may be exceeded at once. Default 15 MiB.</summary>
    public long StreamBurstBytes { get; set; } = 15 * 1024 * 1024;

    /// <summary>
    /// Until this time nothing is stored, and every push is answered with <see cref="BlockIngestionStatusCode"/>. Default none.
    /// </summary>
    public DateTimeOffset? BlockIngestionUntil { get; set; }

    /// <summary>
    /// Answer of a push while ingestion is blocked; 200 for an answer as if it were stored. Default 260, from 200 to 599.
    /// </summary>
    public int BlockIngestionStatusCode { get; set; } = 260;

    /// <summary>Most lines a query may ask for. 0 for no limit. Default 5000.</summary>
    public int MaxEntriesLimit { get; set; } = 5000;

    /// <summary>Most series a metric query may return. Default 500.</summary>
    public int MaxQuerySeries { get; set; } = 500;

    /// <summary>Longest time between start and end of a query; zero for no limit. Default 721 hours.</summary>
    public TimeSpan MaxQueryLength { get; set; } = TimeSpan.FromHours(721);

    /// <summary>
    /// Memory that a query may take for what it collects and answers, in bytes; more gets 400. Default 128 MiB, at least 64 KiB.
    /// </summary>
    public long MaxQueryBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>Longest time that a query may run; more gets 504. Zero for no limit. Default 1 minute (query_timeout).</summary>
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most queries that run at once; others wait. Default 4 (querier.max_concurrent).</summary>
    public int MaxConcurrentQueries { get; set; } = 4;

    /// <summary>Most queries that wait for their turn; one more gets 429. Default 100 (Loki: max_outstanding_per_tenant, 32,000).</summary>
    public int MaxOutstandingQueries { get; set; } = 100;

    /// <summary>
    /// Bytes of lines that wait for one tail request that does not read; more are dropped, and it is told. Default 4 MiB.
    /// </summary>
    public int MaxTailBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Most tail requests at once. Default 10.</summary>
    public int MaxConcurrentTails { get; set; } = 10;

    /// <exception cref="ArgumentException">
    /// A setting is out of its range; the message is one line that names it, its value and what it accepts.
    /// </exception>
    internal void Validate()
    {
        AtLeast(nameof(MaxBytes), MaxBytes, 64 * 1024);
        AtLeast(nameof(MaxLineSize), MaxLineSize, 0);
        AtLeast(nameof(MaxLabelNames), MaxLabelNames, 1);
        AtLeast(nameof(MaxLabelNameLength), MaxLabelNameLength, 1);
        AtLeast(nameof(MaxLabelValueLength), MaxLabelValueLength, 1);
        AtLeast(nameof(MaxStreams), MaxStreams, 0);
        AtLeast(nameof(ChunkIdlePeriod), ChunkIdlePeriod, TimeSpan.Zero);
        AtLeast(nameof(ChunkBlockBytes), ChunkBlockBytes, 0);
        AtLeast(nameof(ShardStreamsDesiredRateBytes), ShardStreamsDesiredRateBytes, 1);
        AtLeast(nameof(BlockIngestionStatusCode), BlockIngestionStatusCode, 200);
        if (BlockIngestionStatusCode > 599)
            throw new ArgumentException(
                $"EmbeddedLoki:{nameof(BlockIngestionStatusCode)} is {BlockIngestionStatusCode}: it must be from 200 to 599.");
        AtLeast(nameof(MaxStructuredMetadataSize), MaxStructuredMetadataSize, 0);
        AtLeast(nameof(MaxStructuredMetadataEntries), MaxStructuredMetadataEntries, 0);
        AtLeast(nameof(MaxRequestBytes), MaxRequestBytes, 1);
        AtLeast(nameof(MaxDecompressedBytes), MaxDecompressedBytes, 1);
        AtLeast(nameof(MaxPushEntries), MaxPushEntries, 1);
        AtLeast(nameof(IngestionRateBytes), IngestionRateBytes, 0);
        AtLeast(nameof(IngestionBurstBytes), IngestionBurstBytes, 1);
        AtLeast(nameof(StreamRateBytes), StreamRateBytes, 0);
        AtLeast(nameof(StreamBurstBytes), StreamBurstBytes, 1);
        AtLeast(nameof(MaxEntriesLimit), MaxEntriesLimit, 0);
        AtLeast(nameof(MaxQuerySeries), MaxQuerySeries, 1);
        AtLeast(nameof(MaxQueryBytes), MaxQueryBytes, 64 * 1024);
        AtLeast(nameof(QueryTimeout), QueryTimeout, TimeSpan.Zero);
        AtLeast(nameof(MaxConcurrentQueries), MaxConcurrentQueries, 1);
        AtLeast(nameof(MaxOutstandingQueries), MaxOutstandingQueries, 0);
        AtLeast(nameof(MaxTailBytes), MaxTailBytes, 0);
        AtLeast(nameof(MaxConcurrentTails), MaxConcurrentTails, 0);
        AtLeast(nameof(RejectOldSamplesMaxAge), RejectOldSamplesMaxAge, TimeSpan.Zero);
        AtLeast(nameof(CreationGracePeriod), CreationGracePeriod, TimeSpan.Zero);
        AtLeast(nameof(OutOfOrderWindow), OutOfOrderWindow, TimeSpan.Zero);
        AtLeast(nameof(MaxQueryLength), MaxQueryLength, TimeSpan.Zero);
    }

    private static void AtLeast<T>(string name, T value, T least) where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0)
            throw new ArgumentException($"EmbeddedLoki:{name} is {value}: it must be {least} or more.", name);
    }
}
