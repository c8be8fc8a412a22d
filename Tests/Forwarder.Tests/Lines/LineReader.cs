using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Lines;

/// <summary>What becomes of one record with the default settings.</summary>
internal static class LineReader
{
    /// <summary>Kafka's time of the record, unless a test says another: 2025-09-14T13:45:05Z.</summary>
    public const long KafkaMilliseconds = 1_757_857_505_000;

    public static List<WrittenLine> Read(byte[] value, ForwarderOptions? options = null, long kafkaMilliseconds = KafkaMilliseconds)
    {
        options ??= new ForwarderOptions();
        var schema = new LabelSchema(options);
        var writer = new RecordingWriter();
        var builder = new LineBuilder(schema, new StreamTable(schema.Labels, options.MaxStreams, new FakeTimeProvider()), writer);
        var partition = TestPartition.Create("test-logs", 0);
        var record = new TestRecord(partition, 7, value, timestampMilliseconds: kafkaMilliseconds);
        var decoder = new RecordDecoder();
        builder.BeginRecord(record.Record);
        decoder.Decode(RecordFormat.Auto, record.Value, builder);
        return writer.Lines;
    }

    /// <summary>A label's value, or <see langword="null"/>.</summary>
    public static string? Label(WrittenLine line, string name) =>
        Regex.Match(line.Labels, $"[{{ ]{name}=\"([^\"]*)\"") is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>A value of structured metadata, or <see langword="null"/>.</summary>
    public static string? Metadata(WrittenLine line, string name) =>
        line.Metadata.Split('|').FirstOrDefault(pair => pair.StartsWith(name + "=", StringComparison.Ordinal)) is { } found
            ? found[(name.Length + 1)..]
            : null;
}
