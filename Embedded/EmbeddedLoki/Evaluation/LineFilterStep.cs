using System.Buffers;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>|= != |~ !~</c>, with texts, patterns and <c>ip()</c>.</summary>
internal sealed class LineFilterStep : IPipelineStep
{
    private readonly bool _wanted;
    private readonly byte[][] _texts;
    private readonly GoRegex[] _patterns;
    private readonly IpRange[] _addresses;

    /// <exception cref="StageException">An <c>ip()</c> is malformed or stands behind <c>|~</c> or <c>!~</c>.</exception>
    /// <exception cref="FormatException">A pattern is malformed.</exception>
    public LineFilterStep(LineFilter filter)
    {
        var isRegex = filter.Operator is "|~" or "!~";
        if (isRegex && filter.Alternatives.Any(a => a.IsIp))
            throw new StageException("ip: invalid operation");
        _wanted = filter.Operator is "|=" or "|~";
        var plain = filter.Alternatives.Where(a => !a.IsIp).Select(a => a.Text).ToList();
        _texts = isRegex ? [] : [.. plain.Select(Encoding.UTF8.GetBytes)];
        _patterns = isRegex ? [.. plain.Select(GoRegex.Anywhere)] : [];
        _addresses = [.. filter.Alternatives.Where(a => a.IsIp).Select(a => IpRange.Parse(a.Text))];
    }

    public bool Process(Line line)
    {
        var text = line.Text.Span;
        return (Contains(text) || (_patterns.Length > 0 && IsMatch(text)) || Mentions(text)) == _wanted;
    }

    private bool Contains(ReadOnlySpan<byte> line)
    {
        foreach (var text in _texts)
        {
            if (line.IndexOf(text) >= 0)
                return true;
        }

        return false;
    }

    private bool Mentions(ReadOnlySpan<byte> line)
    {
        foreach (var addresses in _addresses)
        {
            if (addresses.IsIn(line))
                return true;
        }

        return false;
    }

    private bool IsMatch(ReadOnlySpan<byte> line)
    {
        var buffer = ArrayPool<char>.Shared.Rent(line.Length);
        try
        {
            var text = buffer.AsSpan(0, Encoding.UTF8.GetChars(line, buffer));
            foreach (var pattern in _patterns)
            {
                if (pattern.IsMatch(text))
                    return true;
            }

            return false;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
