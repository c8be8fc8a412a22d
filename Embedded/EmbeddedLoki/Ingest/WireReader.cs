namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>Reads protobuf's wire format from memory, without objects.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _bytes.Length;

    public uint ReadTag()
    {
        var tag = ReadVarint();
        return tag is 0 or > uint.MaxValue ? throw Malformed("illegal tag") : (uint)tag;
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Position >= _bytes.Length)
                throw Malformed("unexpected EOF");
            var b = _bytes[Position++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        throw Malformed("integer overflow");
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        if (length > (ulong)(_bytes.Length - Position))
            throw Malformed("unexpected EOF");
        var slice = _bytes.Slice(Position, (int)length);
        Position += (int)length;
        return slice;
    }

    public void Skip(uint tag)
    {
        switch (tag & 7)
        {
            case 0: ReadVarint(); break;
            case 1: Advance(8); break;
            case 2: ReadBytes(); break;
            case 5: Advance(4); break;
            default: throw Malformed($"illegal wireType {tag & 7}");
        }
    }

    public static PushFormatException Malformed(string what) => new($"proto: PushRequest: {what}");

    private void Advance(int count)
    {
        if (count > _bytes.Length - Position)
            throw Malformed("unexpected EOF");
        Position += count;
    }
}
