using Observability.Embedded.EmbeddedLoki.Errors;
using Parlot;
using Parlot.Fluent;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>
/// Remembers, while Parlot tries alternatives, how far into the query any of them came and what it would have taken to go on.
/// </summary>
internal sealed class LogQlContext(string text) : ParseContext(new Scanner(text))
{
    /// <summary>Evaluation recurses over the tree; this bounds its depth far below what a thread's stack holds.</summary>
    private const int MaxNodes = 1000;
    private const int MaxPatterns = 200;

    private readonly SortedSet<string> _expected = new(StringComparer.Ordinal);
    private int _furthest = -1;
    private int _nodes;
    private int _patterns;

    public string Text { get; } = text;

    public void Failed(int offset, IEnumerable<string> expected)
    {
        if (offset < _furthest)
            return;
        if (offset > _furthest)
        {
            _furthest = offset;
            _expected.Clear();
        }

        _expected.UnionWith(expected);
    }

    /// <summary>Counts an operation that deepens the tree.</summary>
    public void CountNode()
    {
        if (++_nodes > MaxNodes)
            throw LogQlException.Parse($"the embedded store takes queries of at most {MaxNodes} operations");
    }

    /// <summary>Counts a regular expression: each one takes memory of its own.</summary>
    public void CountPattern()
    {
        if (++_patterns > MaxPatterns)
            throw LogQlException.Parse($"the embedded store takes queries of at most {MaxPatterns} regular expressions");
    }

    /// <summary>The syntax error at the furthest place, in goyacc's words.</summary>
    public LogQlException Error()
    {
        var message = $"syntax error: unexpected {Tokens.Describe(Text, _furthest)}";
        // goyacc names what it expected only when that is not a long list.
        if (_expected.Count is > 0 and <= 4)
            message += $", expecting {string.Join(" or ", _expected)}";
        // Of nothing there is no place.
        return Text.Length == 0 ? LogQlException.Parse(message) : ErrorAt(_furthest, message);
    }

    public LogQlException ErrorAt(int offset, string message)
    {
        var before = Text.AsSpan(0, Math.Clamp(offset, 0, Text.Length));
        return LogQlException.At(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), message);
    }
}
