using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>
/// An immutable set of labels, sorted by name (ordinal). A stream's has no empty values, since Loki takes one for an absent label.
/// </summary>
internal sealed class LabelSet : IEquatable<LabelSet>, IComparable<LabelSet>
{
    public static readonly LabelSet Empty = new([]);

    private readonly KeyValuePair<string, string>[] _pairs;
    private readonly int _hash;
    private string? _text;

    private LabelSet(KeyValuePair<string, string>[] sorted)
    {
        _pairs = sorted;
        var hash = new HashCode();
        foreach (var (name, value) in sorted)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    public int Count => _pairs.Length;

    /// <summary>Roughly the memory of names and values.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var (name, value) in _pairs)
                bytes += 48 + (2 * (name.Length + value.Length));
            return bytes;
        }
    }

    public ReadOnlySpan<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>Of two pairs with one name the later one wins; a pair with an empty value removes the label.</summary>
    public static LabelSet From(IEnumerable<KeyValuePair<string, string>> pairs) => Create(pairs, keepEmpty: false);

    /// <summary>As <see cref="From"/>, but an empty value is a value: what a query comes to may have such.</summary>
    public static LabelSet WithEmptyValues(IEnumerable<KeyValuePair<string, string>> pairs) => Create(pairs, keepEmpty: true);

    /// <summary>The value of a label; empty when there is no such label, which is what a matcher compares with.</summary>
    public string Get(string name)
    {
        foreach (var pair in _pairs)
        {
            if (string.Equals(pair.Key, name, StringComparison.Ordinal))
                return pair.Value;
        }

        return "";
    }

    public bool Has(string name) => Get(name).Length > 0;

    public LabelSet With(string name, string value) => From([.. _pairs, KeyValuePair.Create(name, value)]);

    public LabelSet Keep(IReadOnlyCollection<string> names) => Where(names.Contains);

    public LabelSet Remove(IReadOnlyCollection<string> names) => Where(name => !names.Contains(name));

    public LabelSet Where(Predicate<string> wanted)
    {
        var left = Array.FindAll(_pairs, p => wanted(p.Key));
        return left.Length == _pairs.Length ? this : left.Length == 0 ? Empty : new(left);
    }

    public bool Equals(LabelSet? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other._hash != _hash || other._pairs.Length != _pairs.Length)
            return false;
        for (var i = 0; i < _pairs.Length; i++)
        {
            if (_pairs[i].Key != other._pairs[i].Key || _pairs[i].Value != other._pairs[i].Value)
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    public override int GetHashCode() => _hash;

    public int CompareTo(LabelSet? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < Math.Min(_pairs.Length, other._pairs.Length); i++)
        {
            var byName = string.CompareOrdinal(_pairs[i].Key, other._pairs[i].Key);
            if (byName != 0)
                return byName;
            var byValue = string.CompareOrdinal(_pairs[i].Value, other._pairs[i].Value);
            if (byValue != 0)
                return byValue;
        }

        return _pairs.Length.CompareTo(other._pairs.Length);
    }

    /// <summary>The text that Loki prints in its messages: <c>{a="b", c="d"}</c>.</summary>
    public override string ToString()
    {
        if (_text is not null)
            return _text;
        var text = new StringBuilder("{");
        foreach (var (name, value) in _pairs)
        {
            if (text.Length > 1)
                text.Append(", ");
            text.Append(name).Append('=');
            GoQuote.Append(text, value);
        }

        return _text = text.Append('}').ToString();
    }

    private static LabelSet Create(IEnumerable<KeyValuePair<string, string>> pairs, bool keepEmpty)
    {
        var array = pairs.ToArray();
        // Of equal names the last one has to come last, and Array.Sort does not keep the order of equals.
        var order = new int[array.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (a, b) => string.CompareOrdinal(array[a].Key, array[b].Key) is var by and not 0 ? by : a.CompareTo(b));
        var sorted = new List<KeyValuePair<string, string>>(array.Length);
        foreach (var i in order)
        {
            if (sorted.Count > 0 && sorted[^1].Key == array[i].Key)
                sorted[^1] = array[i];
            else
                sorted.Add(array[i]);
        }

        if (!keepEmpty)
            sorted.RemoveAll(p => p.Value.Length == 0);
        return sorted.Count == 0 ? Empty : new([.. sorted]);
    }
}
