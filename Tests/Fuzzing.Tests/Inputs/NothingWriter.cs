using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Streams;

namespace Observability.Fuzzing.Tests.Inputs;

/// <summary>Takes lines, and minds only that they are UTF-8.</summary>
internal sealed class NothingWriter : ILineWriter
{
    public void Write(
        in KafkaRecord record,
        int index,
        ReadOnlySpan<byte> tenant,
        LogStream stream,
        long timestamp,
        ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> metadata)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line))
            throw new InvalidOperationException("a line is not UTF-8");
    }
}
