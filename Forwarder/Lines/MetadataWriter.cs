using System.Runtime.CompilerServices;
using Observability.Forwarder.Wire;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Lines;

/// <summary>Writes the structured metadata of a line, as much of it as Loki takes.</summary>
internal sealed class MetadataWriter
{
    // Loki counts names and values, and adds pairs of its own.
    private const int MaxBytes = LokiLimits.MetadataBytes - 256;
    private const int MaxPairs = LokiLimits.MetadataEntries - 8;
    private const int MaxValue = 16 * 1024;
    private const int MaxName = 256;

    private byte[] _buffer = new byte[4096];
    private int _length;
    private int _left = MaxBytes;
    private int _pairs;

    /// <summary>What was written, as Loki's <c>Entry</c> has it.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Starts anew.</summary>
    public void Clear()
    {
        _length = 0;
        _left = MaxBytes;
        _pairs = 0;
    }

    /// <summary>Adds a pair, the value cut to what there is room for; leaves it out when there is none.</summary>
    /// <param name="name">A name that Loki takes.</param>
    /// <param name="value">The value.</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_left <= name.Length || _pairs == MaxPairs)
            return;

        value = Utf8Text.Truncate(value, Math.Min(MaxValue, _left - name.Length));
        _left -= name.Length + value.Length;
        _pairs++;
        var size = _length + name.Length + value.Length + 32;
        if (size > _buffer.Length)
            Array.Resize(ref _buffer, size * 2);
        _length = EntryEncoding.WriteMetadata(_buffer, _length, name, value);
    }

    /// <summary>Adds an attribute: as <see cref="Add"/>, with its name made one that Loki takes
    /// (<see cref="LabelNames.Sanitize(string)"/>).</summary>
    [SkipLocalsInit]
    public void AddAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> sanitized = stackalloc byte[MaxName + 1];
        Add(sanitized[..LabelNames.Sanitize(Utf8Text.Truncate(name, MaxName), sanitized)], value);
    }
}
