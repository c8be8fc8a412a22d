using System.Runtime.CompilerServices;
using System.Text;

namespace Observability.Forwarder.Lines;

/// <summary>
/// Finds the handle of a wanted field's name. Built once from the settings, then asked for every field of every line:
/// open hashing over the UTF-8 bytes, no allocation, and most unwanted names end at an empty slot.
/// </summary>
internal sealed class FieldTable
{
    private readonly byte[]?[] _names;
    private readonly int[] _handles;
    private readonly int _mask;

    /// <summary>Builds the table.</summary>
    /// <param name="names">The names. The first has handle 0, each further one that is new the next.</param>
    public FieldTable(IEnumerable<string> names)
    {
        var distinct = names.Distinct(StringComparer.Ordinal).ToList();
        Count = distinct.Count;
        _mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, distinct.Count * 8)) - 1;
        _names = new byte[]?[_mask + 1];
        _handles = new int[_mask + 1];
        foreach (var (handle, text) in distinct.Index())
        {
            var name = Encoding.UTF8.GetBytes(text);
            var slot = Hash(name) & _mask;
            while (_names[slot] is not null)
                slot = (slot + 1) & _mask;
            _names[slot] = name;
            _handles[slot] = handle;
        }
    }

    /// <summary>How many names there are.</summary>
    public int Count { get; }

    /// <summary>Finds a field.</summary>
    /// <param name="name">Its name in UTF-8, case-sensitive.</param>
    /// <returns>Its handle, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ReadOnlySpan<byte> name)
    {
        for (var slot = Hash(name) & _mask; _names[slot] is { } candidate; slot = (slot + 1) & _mask)
        {
            if (name.SequenceEqual(candidate))
                return _handles[slot];
        }

        return -1;
    }

    // Field names differ in length, first, middle or last byte; the table is sparse enough for the rest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? 0 : (name.Length * 0x9E5) ^ (name[0] * 0x1F) ^ (name[name.Length / 2] * 0x101) ^ (name[^1] * 0x7);
}
