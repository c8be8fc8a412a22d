using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Streams;

/// <summary>
/// The live streams, found by their label values. A cap keeps a label that explodes from taking Loki's stream limit for
/// everyone: lines that would open one stream too many go to an overflow stream, with their labels as structured metadata.
/// </summary>
internal sealed class StreamTable
{
    /// <summary>The value of every label of the overflow stream.</summary>
    public const string OverflowValue = "overflow";

    /// <summary>What the names of structured metadata start with that hold the labels of a line in the overflow stream.</summary>
    public const string OverflowPrefix = "overflow_";

    // Loki closes a stream's chunk after 30 idle minutes (chunk_idle_period) and soon forgets the stream.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(30);

    // Several times the streams that a Forwarder mostly has.
    private const int RecentBits = 11;

    private readonly Dictionary<byte[], LogStream> _streams = new(Utf8KeyComparer.Instance);
    private readonly Dictionary<byte[], LogStream>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly string[] _names;
    private readonly int _maxStreams;
    private readonly TimeProvider _time;
    private readonly LogStream _overflow;
    private readonly Stack<int> _freeNumbers = new();
    private readonly byte[][] _metadataNames;
    private readonly (byte[] Key, LogStream? Stream)[] _recent = new (byte[], LogStream?)[1 << RecentBits];
    private long _nextEviction;

    /// <summary>Creates an empty table.</summary>
    /// <param name="names">The labels' names, valid and in ordinal order.</param>
    /// <param name="maxStreams">The cap.</param>
    /// <param name="time">Tells which streams are idle.</param>
    public StreamTable(IReadOnlyList<string> names, int maxStreams, TimeProvider time)
    {
        _lookup = _streams.GetAlternateLookup<ReadOnlySpan<byte>>();
        _names = [.. names];
        _maxStreams = maxStreams;
        _time = time;
        Now = time.GetTimestamp();
        _metadataNames = [.. _names.Select(name => Encoding.UTF8.GetBytes(OverflowPrefix + name))];
        _overflow = new LogStream(0, Encoding.UTF8.GetBytes(Format([.. _names.Select(_ => OverflowValue)])));
    }

    /// <summary>Live streams, the overflow stream not counted.</summary>
    public int Count => _streams.Count;

    /// <summary>The current time, in <see cref="TimeProvider.GetTimestamp"/> ticks. Set now and then: asking the clock for every line would
    /// cost more than finding its stream.</summary>
    public long Now { get; set; }

    /// <summary>Finds or opens the stream of a line.</summary>
    /// <param name="key">The label values, each with its length before it: see <see cref="AppendValue"/>.</param>
    /// <param name="isOverflow">Whether the cap was reached, and the answer is the overflow stream.</param>
    public LogStream Get(ReadOnlySpan<byte> key, out bool isOverflow)
    {
        isOverflow = false;
        ref var recent = ref _recent[Place(key)];
        if (recent.Stream is { } known && key.SequenceEqual(recent.Key))
        {
            known.LastUsed = Now;
            return known;
        }

        if (!_lookup.TryGetValue(key, out var storedKey, out var stream))
        {
            if (_streams.Count >= _maxStreams)
                EvictIdle();
            if (_streams.Count >= _maxStreams)
            {
                isOverflow = true;
                return _overflow;
            }

            storedKey = key.ToArray();
            stream = Create(key);
            _streams.Add(storedKey, stream);
        }

        recent = (storedKey, stream);
        stream.LastUsed = Now;
        return stream;
    }

    /// <summary>Appends a label value to a key: two bytes of length, then the bytes.</summary>
    /// <returns>The key's new length.</returns>
    public static int AppendValue(Span<byte> key, int length, ReadOnlySpan<byte> value)
    {
        key[length] = (byte)value.Length;
        key[length + 1] = (byte)(value.Length >> 8);
        value.CopyTo(key[(length + 2)..]);
        return length + 2 + value.Length;
    }

    private void EvictIdle()
    {
        // Looking through all streams for every new one would make an explosion expensive as well.
        if (Now < _nextEviction)
            return;

        _nextEviction = Now + (_time.TimestampFrequency * 10);
        foreach (var (key, stream) in _streams)
        {
            if (_time.GetElapsedTime(stream.LastUsed, Now) > IdleTimeout)
            {
                _streams.Remove(key);
                _freeNumbers.Push(stream.Number);
            }
        }

        Array.Clear(_recent);
    }

    // Where a stream lately seen stands. Keys differ at both ends, as they are a level, a namespace, a service; those of one place take
    // turns, and the dictionary finds the other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(ReadOnlySpan<byte> key)
    {
        if (key.Length < sizeof(ulong))
            return 0;
        var (first, last) = (MemoryMarshal.Read<ulong>(key), MemoryMarshal.Read<ulong>(key[^sizeof(ulong)..]));
        // The high bits of a product depend on all bits.
        return (int)(((first * 0x9E3779B97F4A7C15) ^ (last * 0xC2B2AE3D27D4EB4F)) >> (64 - RecentBits));
    }

    private static List<string> Values(ReadOnlySpan<byte> key)
    {
        List<string> values = [];
        while (!key.IsEmpty)
        {
            var length = key[0] | (key[1] << 8);
            // Loki's parser takes U+FFFD for broken UTF-8 and refuses the stream (Prometheus, promql/parser/lex.go, lexString).
            values.Add(Encoding.UTF8.GetString(key.Slice(2, length)).Replace('\uFFFD', '?'));
            key = key[(2 + length)..];
        }

        return values;
    }

    private LogStream Create(ReadOnlySpan<byte> key)
    {
        var values = Values(key);
        // The overflow stream has number 0.
        if (!_freeNumbers.TryPop(out var number))
            number = _streams.Count + 1;
        return new LogStream(number, Encoding.UTF8.GetBytes(Format(values)), _overflow, LabelsAsMetadata(values));
    }

    private byte[] LabelsAsMetadata(List<string> values)
    {
        var encoded = values.ConvertAll(Encoding.UTF8.GetBytes);
        var buffer = new byte[encoded.Sum(value => value.Length) + _metadataNames.Sum(name => name.Length) + (encoded.Count * 16)];
        var length = 0;
        for (var label = 0; label < encoded.Count; label++)
            length = EntryEncoding.WriteMetadata(buffer, length, _metadataNames[label], encoded[label]);
        return buffer.AsSpan(0, length).ToArray();
    }

    // As Go's strconv.Quote does for what Loki's parser accepts: the label set is parsed again over there.
    private string Format(IReadOnlyList<string> values)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in _names.Zip(values))
        {
            // An empty value means "no such label" (Prometheus' data model).
            if (value.Length == 0)
                continue;
            if (text.Length > 1)
                text.Append(", ");
            text.Append(name).Append("=\"");
            foreach (var character in value)
                AppendEscaped(text, character);
            text.Append('"');
        }

        return text.Append('}').ToString();
    }

    private static void AppendEscaped(StringBuilder text, char character) => _ = character switch
    {
        '"' => text.Append("\\\""),
        '\\' => text.Append("\\\\"),
        '\n' => text.Append("\\n"),
        '\r' => text.Append("\\r"),
        '\t' => text.Append("\\t"),
        < ' ' or '\x7F' => text.Append("\\x").Append(((int)character).ToString("x2", null)),
        _ => text.Append(character),
    };
}
