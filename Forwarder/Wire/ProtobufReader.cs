using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Observability.Forwarder.Wire;

/// <summary>
/// Reads protobuf's wire format from a span (protobuf.dev, "Encoding"). It never throws: after the first fault
/// <see cref="Failed"/> is set and <see cref="Next"/> ends.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>Whether the input was no well-formed message so far.</summary>
    public bool Failed { get; private set; }

    /// <summary>The current field's number.</summary>
    public int Field { get; private set; }

    /// <summary>The current field's bytes: those of a string, bytes or message; empty otherwise.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The current field's number value: of a varint or a fixed one; 0 otherwise.</summary>
    public ulong Number { get; private set; }

    /// <summary>Whether the current field is length-delimited.</summary>
    public bool IsBytes { get; private set; }

    /// <summary>Reads a message of one field of fewer than 16 KiB, what most small messages are.</summary>
    /// <param name="message">The message.</param>
    /// <param name="tag">The field's tag: of one that is length-delimited.</param>
    /// <param name="bytes">The field's bytes.</param>
    /// <returns>Whether it is that one field and nothing else.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadOnly(ReadOnlySpan<byte> message, byte tag, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (message.Length < 3 || message[0] != tag)
            return false;
        int length = message[1];
        var start = 2;
        if (length >= 0x80)
        {
            if (message[2] >= 0x80)
                return false;
            length = (length & 0x7F) | (message[2] << 7);
            start = 3;
        }

        if (length != message.Length - start)
            return false;
        bytes = message[start..];
        return true;
    }

    /// <summary>Moves to the next field.</summary>
    public bool Next() => TryNextShort() || TryNextFixed64() || NextOfAnyKind();

    // Times.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryNextFixed64()
    {
        var message = _message;
        var position = _position;
        if (Failed || position >= message.Length - sizeof(ulong) || (message[position] & 0x87) != Fixed64 || message[position] < 1 << 3)
            return false;
        Field = message[position] >> 3;
        Number = BinaryPrimitives.ReadUInt64LittleEndian(message[(position + 1)..]);
        IsBytes = false;
        Bytes = default;
        _position = position + 1 + sizeof(ulong);
        return true;
    }

    // What nearly all fields are: bytes, with a tag of one byte and a length of one or two.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryNextShort()
    {
        var message = _message;
        var position = _position;
        if (Failed || position >= message.Length - 2)
            return false;
        int tag = message[position];
        if ((tag & 0x87) != LengthDelimited || tag < 1 << 3)
            return false;
        int length = message[position + 1];
        position += 2;
        if (length >= 0x80)
        {
            if (message[position] >= 0x80)
                return false;
            length = (length & 0x7F) | (message[position++] << 7);
        }

        if (length > message.Length - position)
            return false;
        Field = tag >> 3;
        Number = 0;
        IsBytes = true;
        Bytes = message.Slice(position, length);
        _position = position + length;
        return true;
    }

    private bool NextOfAnyKind()
    {
        if (Failed || _position == _message.Length)
            return false;

        Bytes = default;
        Number = 0;
        if (!TryVarint(out var tag) || tag >> 3 is 0 or > int.MaxValue)
            return Fail();

        Field = (int)(tag >> 3);
        var wireType = (int)(tag & 7);
        IsBytes = wireType == LengthDelimited;
        switch (wireType)
        {
            case Varint:
                if (!TryVarint(out var number))
                    return Fail();
                Number = number;
                return true;
            case Fixed64:
                if (_message.Length - _position < sizeof(ulong))
                    return Fail();
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_message[_position..]);
                _position += sizeof(ulong);
                return true;
            case Fixed32:
                if (_message.Length - _position < sizeof(uint))
                    return Fail();
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_message[_position..]);
                _position += sizeof(uint);
                return true;
            case LengthDelimited:
                if (!TryVarint(out var length) || length > (ulong)(_message.Length - _position))
                    return Fail();
                Bytes = _message.Slice(_position, (int)length);
                _position += (int)length;
                return true;
            default:
                return Fail();
        }
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }

    // Nearly all tags and lengths are one byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryVarint(out ulong value)
    {
        if ((uint)_position < (uint)_message.Length && _message[_position] < 0x80)
        {
            value = _message[_position++];
            return true;
        }

        return TryLongVarint(out value);
    }

    private bool TryLongVarint(out ulong value)
    {
        value = 0;
        for (int i = _position, shift = 0; i < _message.Length && shift < 64; i++, shift += 7)
        {
            value |= (ulong)(_message[i] & 0x7F) << shift;
            if (_message[i] < 0x80)
            {
                _position = i + 1;
                return true;
            }
        }

        return false;
    }
}
