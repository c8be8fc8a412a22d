using System.Runtime.InteropServices;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// The labels of a line that came with it or that stages found, in the order in which they came: few as a rule, but a line may have
/// thousands.
/// </summary>
internal sealed class LabelList
{
    /// <summary>From so many labels on they are looked up by a table.</summary>
    private const int Few = 12;

    private readonly List<KeyValuePair<string, string>> _pairs = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public int Count => _pairs.Count;

    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    public void Clear()
    {
        _pairs.Clear();
        if (_index.Count > 0)
            _index.Clear();
    }

    /// <summary>The value of a label, which may be empty; null when there is no such label.</summary>
    public string? Find(string name)
    {
        var i = IndexOf(name);
        return i < 0 ? null : _pairs[i].Value;
    }

    public void Set(string name, string value)
    {
        var i = IndexOf(name);
        if (i >= 0)
        {
            _pairs[i] = KeyValuePair.Create(name, value);
            return;
        }

        _pairs.Add(KeyValuePair.Create(name, value));
        if (_index.Count > 0)
            _index.Add(name, _pairs.Count - 1);
    }

    public bool Remove(string name)
    {
        var i = IndexOf(name);
        if (i < 0)
            return false;
        _pairs.RemoveAt(i);
        _index.Clear();
        return true;
    }

    public void RemoveAll(Predicate<KeyValuePair<string, string>> unwanted)
    {
        _pairs.RemoveAll(unwanted);
        _index.Clear();
    }

    private int IndexOf(string name)
    {
        if (_pairs.Count <= Few)
        {
            var pairs = CollectionsMarshal.AsSpan(_pairs);
            for (var i = 0; i < pairs.Length; i++)
            {
                if (pairs[i].Key == name)
                    return i;
            }

            return -1;
        }

        if (_index.Count == 0)
        {
            for (var i = 0; i < _pairs.Count; i++)
                _index.Add(_pairs[i].Key, i);
        }

        return _index.GetValueOrDefault(name, -1);
    }
}
