using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// Reads records in batches from the queue of a Confluent.Kafka consumer. <c>Consume()</c> makes several objects a record
/// and crosses into native code for each; this crosses once for hundreds and hands out their bytes where they are.
/// Rebalance and other callbacks of the consumer run within <see cref="Read"/>, as they do within <c>Consume()</c>.
/// </summary>
internal sealed unsafe class RecordReader : IDisposable
{
    private const int NoError = 0;

    // A read holds on to the batches that its records came in: a few of some megabyte do, where a record is a page of lines.
    private const long ReadBytes = 1024 * 1024;
    private const int LeastRecords = 16;

    private readonly ClientLease _client;
    private readonly nint _queue;
    private readonly NativeMessage** _messages;
    private readonly int _size;
    private int _count;
    private int _limit;

    /// <summary>Attaches to a consumer, which must outlive this object.</summary>
    /// <param name="consumer">The consumer; nobody else may read from it.</param>
    /// <param name="size">Records a read at the most.</param>
    public RecordReader(IClient consumer, int size)
    {
        _client = new ClientLease(consumer.Handle);
        _queue = NativeMethods.QueueGetConsumer(_client.Native);
        _size = _limit = size;
        _messages = (NativeMessage**)NativeMemory.Alloc((nuint)size, (nuint)sizeof(nint));
    }

    /// <summary>Reads what is there, waiting for a full batch until the time is up. Ends what the last read has handed out.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="onlyFirst">Whether to read no more than one message, and so to wait no longer than until it comes.</param>
    /// <returns>The number of records; see <see cref="this"/>.</returns>
    public int Read(TimeSpan timeout, bool onlyFirst = false)
    {
        Release();
        var read = NativeMethods.ConsumeBatchQueue(_queue, (int)timeout.TotalMilliseconds, _messages, (nuint)(onlyFirst ? 1 : _limit));
        _count = (int)Math.Max(0, read);
        Adapt();
        return _count;
    }

    /// <summary>A record of the last read, valid until the next read. With an error it is no record but an event of the consumer.</summary>
    public ref readonly NativeMessage this[int index] => ref *_messages[index];

    /// <summary>The text of a message that has an error.</summary>
    public string ErrorText(int index) =>
        Encoding.UTF8.GetString(new ReadOnlySpan<byte>(_messages[index]->Payload, (int)_messages[index]->PayloadLength).TrimEnd((byte)0));

    /// <summary>Kafka's timestamp of a record: Unix time in milliseconds, or -1.</summary>
    public long Timestamp(int index) => NativeMethods.MessageTimestamp(_messages[index], out _);

    /// <summary>The headers of a record, or <see langword="null"/> for none.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers(int index)
    {
        if (HasNoHeaders(_messages[index]) || NativeMethods.MessageHeaders(_messages[index], out var headers) != NoError)
            return null;

        List<KeyValuePair<string, byte[]?>> list = [];
        for (nuint i = 0; NativeMethods.HeaderGetAll(headers, i, out var name, out var value, out var size) == NoError; i++)
        {
            list.Add(new(
                Marshal.PtrToStringUTF8((nint)name)!,
                value == null ? null : new ReadOnlySpan<byte>(value, (int)size).ToArray()));
        }

        return list;
    }

    /// <summary>The name of a topic.</summary>
    public static string TopicName(nint topic) => Marshal.PtrToStringUTF8((nint)NativeMethods.TopicName(topic))!;

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        NativeMethods.QueueDestroy(_queue);
        NativeMemory.Free(_messages);
        _client.Dispose();
    }

    // To say that a record has no headers librdkafka makes a buffer and frees it, a twentieth of a line's whole way. It hands out a value
    // where it stands in the batch, and there the number of headers follows (KIP-98, "Message Format"), a zero for nearly all records. Only
    // the format that has headers has a leader's epoch.
    private static bool HasNoHeaders(NativeMessage* message) =>
        message->PayloadLength > 0 && NativeMethods.MessageLeaderEpoch(message) >= 0 && message->Payload[message->PayloadLength] == 0;

    // The next read is for as many records of this one's size as make up a megabyte.
    private void Adapt()
    {
        long bytes = 0;
        for (var i = 0; i < _count; i++)
            bytes += (long)_messages[i]->PayloadLength;
        if (bytes > 0)
            _limit = (int)Math.Clamp(ReadBytes * _count / bytes, Math.Min(LeastRecords, _size), _size);
    }

    private void Release()
    {
        for (var i = 0; i < _count; i++)
            NativeMethods.MessageDestroy(_messages[i]);
        _count = 0;
    }
}
