using System.Buffers.Binary;

namespace Observability.Embedded.EmbeddedCollector.Grouping;

/// <summary>A hash as the key of a dictionary.</summary>
internal readonly record struct HashKey(ulong First, ulong Second)
{
    public static HashKey From(ReadOnlySpan<byte> hash) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[sizeof(ulong)..]));
}
