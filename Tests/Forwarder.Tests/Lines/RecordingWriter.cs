using System.Text;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Streams;
using Observability.ServiceDefaults.Protos.Loki;

namespace Observability.Forwarder.Tests.Lines;

internal sealed class RecordingWriter : ILineWriter
{
    public List<WrittenLine> Lines { get; } = [];

    public void Write(
        in KafkaRecord record,
        int index,
        ReadOnlySpan<byte> tenant,
        LogStream stream,
        long timestamp,
        ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> metadata) => Lines.Add(new(
        Encoding.UTF8.GetString(tenant),
        Encoding.UTF8.GetString(stream.Labels),
        timestamp,
        Encoding.UTF8.GetString(line),
        string.Join('|', EntryAdapter.Parser.ParseFrom(metadata).StructuredMetadata.Select(pair => $"{pair.Name}={pair.Value}")),
        index));
}
