using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Confluent.Kafka;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.ServiceDefaults.Protos.Loki;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>
/// Says which lines a record holds, by the Forwarder's own decoders in this process: what is judged is what becomes of them on the way.
/// </summary>
internal sealed class Oracle : ILineWriter
{
    private readonly ForwarderOptions _options;
    private readonly LineBuilder _lines;
    private readonly RecordDecoder _decoder = new();
    private readonly Dictionary<TopicPartition, PartitionState> _partitions = [];
    private readonly Dictionary<string, string> _labels = [];
    private List<ExpectedLine> _found = [];
    private RecordOrigin _origin;
    private LineSet? _wanted;

    public Oracle(ForwarderOptions options)
    {
        _options = options;
        var schema = new LabelSchema(options);
        // Without a cap: what is moved to the overflow stream keeps its time and its text.
        _lines = new LineBuilder(schema, new StreamTable(schema.Labels, int.MaxValue, TimeProvider.System), this);
    }

    /// <summary>Where a record first stood: a replayed one says so itself.</summary>
    public static RecordOrigin OriginOf(ConsumeResult<byte[], byte[]> record) =>
        Header(record, DeadLetterHeaders.Origin)?.Split('/') is { Length: 3 } parts
        && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var partition)
        && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var offset)
            ? new(record.Topic, partition, offset) : new(record.Topic, record.Partition, record.Offset);

    /// <summary>The lines of a record; null for one that is a dead letter as a whole.</summary>
    /// <exception cref="InvalidOperationException">The decoder failed, which it must not on any input.</exception>
    public IReadOnlyList<ExpectedLine>? Read(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Value is not { Length: > 0 } value || value.Length > _options.MaxRecordBytes)
            return null;

        _origin = OriginOf(record);
        var isReplayed = _origin != new RecordOrigin(record.Topic, record.Partition, record.Offset);
        _wanted = isReplayed && Header(record, DeadLetterHeaders.WantedLines) is { } lines ? LineSet.Parse(lines) : null;
        if (!_partitions.TryGetValue(record.TopicPartition, out var partition))
            _partitions[record.TopicPartition] = partition = TestPartition.Create(record.Topic, record.Partition);
        var read = new TestRecord(
            partition,
            record.Offset,
            value,
            timestampMilliseconds: Math.Max(0, record.Message.Timestamp.UnixTimestampMs),
            origin: (_origin.Partition, _origin.Offset));
        _ = RecordFormats.TryParse(_options.Formats.GetValueOrDefault(record.Topic, "auto"), out var format);
        _found = [];
        try
        {
            _lines.BeginRecord(read.Record);
            _decoder.Decode(format, read.Value, _lines);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{record.TopicPartitionOffset}, {format}, {Convert.ToBase64String(value)}: {exception}");
        }

        partition.Offsets.Complete(read.Record.Number);
        return _found;
    }

    void ILineWriter.Write(
        in KafkaRecord record,
        int index,
        ReadOnlySpan<byte> tenant,
        LogStream stream,
        long timestamp,
        ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> metadata)
    {
        if (_wanted is not null && !_wanted.Contains(index))
            return;
        if (!System.Text.Unicode.Utf8.IsValid(line))
            throw new InvalidOperationException("a line is not UTF-8");
        var text = new StringBuilder(LabelsAsStored(Encoding.UTF8.GetString(stream.Labels)));
        // A store does not tell one order of structured metadata from another.
        var pairs = EntryAdapter.Parser.ParseFrom(metadata).StructuredMetadata.Select(
            pair => KeyValuePair.Create(LabelName.Normalize(pair.Name), pair.Value));
        foreach (var (name, value) in LabelSet.From([.. pairs]).Pairs)
            text.Append('\0').Append(name).Append('\0').Append(value);
        var hash = new XxHash128();
        hash.Append(Encoding.UTF8.GetBytes(text.ToString()));
        hash.Append(line);
        hash.Append(BitConverter.GetBytes(timestamp));
        _found.Add(new(_origin, index, LineKey.Of(timestamp, line), hash.GetCurrentHashAsUInt128()));
    }

    private string LabelsAsStored(string labels)
    {
        if (_labels.TryGetValue(labels, out var known))
            return known;
        return _labels[labels] = LabelSetParser.TryParse(labels, out var pairs, out var error)
            ? ServiceNameLabel.AddTo(LabelSet.From(pairs)).ToString()
            : throw new InvalidOperationException($"labels that no store reads: {labels}: {error}");
    }

    private static string? Header(ConsumeResult<byte[], byte[]> record, string name) =>
        record.Message.Headers?.FirstOrDefault(header => header.Key == name && header.GetValueBytes() is not null) is { } found
            ? Encoding.UTF8.GetString(found.GetValueBytes()) : null;
}
