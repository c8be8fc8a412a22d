using System.Buffers.Binary;

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

    private ReadOnlySpan<byte> _rest = message;

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

    /// <summary>Moves to the next field.</summary>
    public bool Next()
    {
        if (Failed || _rest.IsEmpty)
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
                if (_rest.Length < sizeof(ulong))
                    return Fail();
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[sizeof(ulong)..];
                return true;
            case Fixed32:
                if (_rest.Length < sizeof(uint))
                    return Fail();
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[sizeof(uint)..];
                return true;
            case LengthDelimited:
                if (!TryVarint(out var length) || length > (ulong)_rest.Length)
                    return Fail();
                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
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

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (int i = 0, shift = 0; i < _rest.Length && shift < 64; i++, shift += 7)
        {
            value |= (ulong)(_rest[i] & 0x7F) << shift;
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
