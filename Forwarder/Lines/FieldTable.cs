namespace Observability.Forwarder.Lines;

/// <summary>
/// Finds what a field's name is wanted for. Built once from the settings, then asked for every field of every line:
/// open hashing over the UTF-8 bytes, no allocation, and most unwanted names end at an empty slot.
/// </summary>
internal sealed class FieldTable
{
    private readonly byte[]?[] _names;
    private readonly FieldUse[][] _uses;
    private readonly int _mask;

    /// <summary>Builds the table.</summary>
    /// <param name="uses">Every use of every field; a field may serve several targets.</param>
    public FieldTable(IEnumerable<KeyValuePair<string, FieldUse>> uses)
    {
        var groups = uses.GroupBy(use => use.Key, use => use.Value, StringComparer.Ordinal).ToList();
        _mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, groups.Count * 4)) - 1;
        _names = new byte[]?[_mask + 1];
        _uses = new FieldUse[_mask + 1][];
        foreach (var group in groups)
        {
            var name = System.Text.Encoding.UTF8.GetBytes(group.Key);
            var slot = Hash(name) & _mask;
            while (_names[slot] is not null)
                slot = (slot + 1) & _mask;
            _names[slot] = name;
            _uses[slot] = [.. group];
        }
    }

    /// <summary>Finds a field.</summary>
    /// <param name="name">Its name in UTF-8, case-sensitive.</param>
    /// <returns>A handle for <see cref="Uses"/>, or -1.</returns>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (var slot = Hash(name) & _mask; _names[slot] is { } candidate; slot = (slot + 1) & _mask)
        {
            if (name.SequenceEqual(candidate))
                return slot;
        }

        return -1;
    }

    /// <summary>What the field of a handle is wanted for.</summary>
    public ReadOnlySpan<FieldUse> Uses(int field) => _uses[field];

    // Field names differ in length, first, middle or last byte; the table is sparse enough for the rest.
    private static int Hash(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? 0 : (name.Length * 0x9E5) ^ (name[0] * 0x1F) ^ (name[name.Length / 2] * 0x101) ^ (name[^1] * 0x7);
}
