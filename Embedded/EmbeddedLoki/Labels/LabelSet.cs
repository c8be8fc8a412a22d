using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>An immutable set of labels, sorted by name (ordinal), without empty values: Loki treats an empty value as an absent label.</summary>
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

    public ReadOnlySpan<KeyValuePair<string, string>> Pairs => _pairs;

    /// <summary>Of two pairs with one name the later one wins; a pair with an empty value removes the label.</summary>
    public static LabelSet From(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var map = new SortedList<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            if (value.Length == 0)
                map.Remove(name);
            else
                map[name] = value;
        }

        return map.Count == 0 ? Empty : new([.. map]);
    }

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

    public LabelSet Keep(IReadOnlyCollection<string> names) => From(_pairs.Where(p => names.Contains(p.Key)));

    public LabelSet Remove(IReadOnlyCollection<string> names) => From(_pairs.Where(p => !names.Contains(p.Key)));

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
}
