using System.Text;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Streams;
using Observability.ServiceDefaults.Protos.Loki;

namespace Observability.Forwarder.Tests.Lines;

internal sealed class RecordingWriter : ILineWriter
{
    public List<WrittenLine> Lines { get; } = [];

    /// <summary>The lines that are wanted of the record written last.</summary>
    public LineSet? Wanted { get; private set; }

    /// <summary>Is thrown in place of writing.</summary>
    public Exception? Failure { get; set; }

    public void Write(
        in KafkaRecord record,
        int index,
        ReadOnlySpan<byte> tenant,
        LogStream stream,
        long timestamp,
        ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> metadata)
    {
        if (Failure is not null)
            throw Failure;

        Wanted = record.Wanted;
        Lines.Add(new(
            Encoding.UTF8.GetString(tenant),
            Encoding.UTF8.GetString(stream.Labels),
            timestamp,
            Encoding.UTF8.GetString(line),
            string.Join('|', EntryAdapter.Parser.ParseFrom(metadata).StructuredMetadata.Select(pair => $"{pair.Name}={pair.Value}")),
            index));
    }
}
