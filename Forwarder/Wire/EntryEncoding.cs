using System.Runtime.CompilerServices;

namespace Observability.Forwarder.Wire;

/// <summary>Writes Loki's <c>Entry</c> (<c>pkg/push/push.proto</c>) into a byte array: timestamp 1, line 2, structured metadata
/// 3.</summary>
internal static class EntryEncoding
{
    private const long Second = 1_000_000_000;
    private const byte Field1Varint = 0x08;
    private const byte Field2Varint = 0x10;
    private const byte Field1Bytes = 0x0A;
    private const byte Field2Bytes = 0x12;
    private const byte Field3Bytes = 0x1A;

    /// <summary>The size of an encoded entry at the most, in bytes.</summary>
    public static int MaxSize(int line, int metadata) => 32 + line + metadata;

    /// <summary>Writes an entry without a tag and length of its own.</summary>
    /// <returns>The position behind it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteEntry(Span<byte> buffer, int position, long timestamp, ReadOnlySpan<byte> line, ReadOnlySpan<byte> metadata)
    {
        // Proto3 leaves zeros out, and so do we: the bytes are then those of any other encoder.
        var (seconds, nanoseconds) = Math.DivRem(timestamp, Second);
        if (nanoseconds < 0)
            (seconds, nanoseconds) = (seconds - 1, nanoseconds + Second);
        var time = (seconds == 0 ? 0 : 1 + VarintSize((ulong)seconds)) + (nanoseconds == 0 ? 0 : 1 + VarintSize((ulong)nanoseconds));
        buffer[position++] = Field1Bytes;
        buffer[position++] = (byte)time;
        if (seconds != 0)
        {
            buffer[position++] = Field1Varint;
            position = WriteVarint(buffer, position, (ulong)seconds);
        }

        if (nanoseconds != 0)
        {
            buffer[position++] = Field2Varint;
            position = WriteVarint(buffer, position, (ulong)nanoseconds);
        }

        if (!line.IsEmpty)
            position = WriteBytes(buffer, position, Field2Bytes, line);
        metadata.CopyTo(buffer[position..]);
        return position + metadata.Length;
    }

    /// <summary>Writes a name and value as structured metadata of an entry.</summary>
    /// <returns>The position behind it.</returns>
    public static int WriteMetadata(Span<byte> buffer, int position, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        buffer[position++] = Field3Bytes;
        var size = BytesSize(name.Length) + (value.IsEmpty ? 0 : BytesSize(value.Length));
        position = WriteVarint(buffer, position, (ulong)size);
        position = WriteBytes(buffer, position, Field1Bytes, name);
        return value.IsEmpty ? position : WriteBytes(buffer, position, Field2Bytes, value);
    }

    /// <summary>Writes a length-delimited field.</summary>
    /// <returns>The position behind it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteBytes(Span<byte> buffer, int position, byte tag, ReadOnlySpan<byte> bytes)
    {
        buffer[position++] = tag;
        position = WriteVarint(buffer, position, (ulong)bytes.Length);
        bytes.CopyTo(buffer[position..]);
        return position + bytes.Length;
    }

    /// <summary>The size of a length-delimited field with a one-byte tag.</summary>
    public static int BytesSize(int length) => 1 + VarintSize((ulong)length) + length;

    /// <summary>The size of a varint: one byte for every seven bits.</summary>
    public static int VarintSize(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    /// <summary>Writes a varint.</summary>
    /// <returns>The position behind it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteVarint(Span<byte> buffer, int position, ulong value)
    {
        while (value >= 0x80)
        {
            buffer[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[position++] = (byte)value;
        return position;
    }
}
