using System.Text;
using Observability.Forwarder.Streams;

namespace Observability.Forwarder.Tests.Batching;

internal static class TestStreams
{
    public static LogStream Get(this StreamTable table, params string[] values)
    {
        var key = new byte[values.Sum(value => Encoding.UTF8.GetByteCount(value) + 2)];
        var length = 0;
        foreach (var value in values)
            length = StreamTable.AppendValue(key, length, Encoding.UTF8.GetBytes(value));
        return table.Get(key.AsSpan(0, length), out _);
    }

    public static StreamTable Create(params string[] names) => new(names, 1000, TimeProvider.System);
}
