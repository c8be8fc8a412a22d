using System.Text;
using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// <c>&lt;ip&gt; - &lt;_&gt; "&lt;method&gt;"</c>: texts between captures (pkg/logql/log/pattern, v3.7.6). What stands in angle brackets
/// and is
/// no name is text.
/// </summary>
internal sealed class PatternExpression
{
    // A capture has a name and no text; "_" is the one that is not kept.
    private readonly List<(byte[] Text, string Capture)> _parts = [];

    private PatternExpression(string pattern)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            var end = pattern[i] == '<' ? pattern.IndexOf('>', i) : -1;
            if (end < 0 || !LabelName.IsValid(pattern.AsSpan((i + 1)..end)))
            {
                text.Append(pattern[i]);
                continue;
            }

            AddText(text);
            _parts.Add(([], pattern[(i + 1)..end]));
            i = end;
        }

        AddText(text);
        for (var i = 1; i < _parts.Count; i++)
        {
            if (_parts[i].Capture.Length > 0 && _parts[i - 1].Capture.Length > 0)
                throw new StageException($"found consecutive capture '<{_parts[i - 1].Capture}><{_parts[i].Capture}>': invalid expression");
        }
    }

    /// <summary>For <c>| pattern</c>.</summary>
    /// <exception cref="StageException">It captures nothing, the same twice, or two captures stand side by side.</exception>
    public static PatternExpression ForParser(string pattern)
    {
        var result = new PatternExpression(pattern);
        var names = result._parts.Select(p => p.Capture).Where(c => c.Length > 0 && c != "_").ToList();
        if (names.Count == 0)
            throw new StageException("at least one capture is required");
        return names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { Key: var twice }
            ? throw new StageException($"duplicate capture name ({twice}): invalid expression")
            : result;
    }

    /// <summary>For <c>|&gt;</c> and <c>!&gt;</c>.</summary>
    /// <exception cref="StageException">It has a named capture, or two captures stand side by side.</exception>
    public static PatternExpression ForFilter(string pattern)
    {
        var result = new PatternExpression(pattern);
        return result._parts.FirstOrDefault(p => p.Capture.Length > 0 && p.Capture != "_") is { Capture: { Length: > 0 } named }
            ? throw new StageException($"named captures are not allowed: found '<{named}>'")
            : result;
    }

    /// <summary>Captures from the left; when a text is not found the capture before it takes the rest.</summary>
    public void Capture(ReadOnlySpan<byte> line, Action<string, string> found)
    {
        if (line.IsEmpty)
            return;
        var next = 0;
        if (_parts[0].Capture.Length == 0)
        {
            if (!line.StartsWith(_parts[0].Text))
                return;
            line = line[_parts[0].Text.Length..];
            next = 1;
        }

        for (; next < _parts.Count; next += 2)
        {
            var name = _parts[next].Capture;
            var text = next + 1 < _parts.Count ? _parts[next + 1].Text : [];
            var end = text.Length == 0 ? -1 : line.IndexOf(text);
            if (name != "_")
                found(name, Encoding.UTF8.GetString(end < 0 ? line : line[..end]));
            if (end < 0)
                return;
            line = line[(end + text.Length)..];
        }
    }

    /// <summary>Whether the whole line is as the pattern says, no capture being empty.</summary>
    public bool IsMatch(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || _parts.Count == 0)
            return line.IsEmpty && _parts.Count == 0;
        var offset = 0;
        for (var i = 0; i < _parts.Count; i++)
        {
            if (_parts[i].Capture.Length > 0)
                continue;
            var at = line[offset..].IndexOf(_parts[i].Text);
            if (at < 0 || (i > 0 && at == 0))
                return false;
            offset += at + _parts[i].Text.Length;
        }

        return _parts[^1].Capture.Length > 0 == (offset != line.Length);
    }

    private void AddText(StringBuilder text)
    {
        if (text.Length > 0)
            _parts.Add((Encoding.UTF8.GetBytes(text.ToString()), ""));
        text.Clear();
    }
}
