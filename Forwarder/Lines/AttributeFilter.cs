using System.Text;

namespace Observability.Forwarder.Lines;

/// <summary>The names of attributes that are not kept.</summary>
internal sealed class AttributeFilter
{
    private readonly byte[][] _names;
    private readonly byte[][] _beginnings;

    /// <summary>Makes a filter.</summary>
    /// <param name="patterns">Names, or beginnings of names that end with an asterisk.</param>
    public AttributeFilter(IReadOnlyList<string> patterns)
    {
        _names = [.. patterns.Where(pattern => !pattern.EndsWith('*')).Select(Encoding.UTF8.GetBytes)];
        _beginnings = [.. patterns.Where(pattern => pattern.EndsWith('*')).Select(pattern => Encoding.UTF8.GetBytes(pattern[..^1]))];
    }

    /// <summary>Whether an attribute of this name is not kept.</summary>
    public bool Contains(ReadOnlySpan<byte> name)
    {
        foreach (var candidate in _names)
        {
            if (name.SequenceEqual(candidate))
                return true;
        }

        foreach (var beginning in _beginnings)
        {
            if (name.StartsWith(beginning))
                return true;
        }

        return false;
    }
}
