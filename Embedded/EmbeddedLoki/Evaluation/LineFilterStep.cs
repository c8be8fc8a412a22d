using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>|= != |~ !~</c></summary>
internal sealed class LineFilterStep(LineFilter filter) : IPipelineStep
{
    private readonly bool _wanted = filter.Operator is "|=" or "|~";
    private readonly byte[][] _texts = filter.Operator is "|=" or "!=" ? [.. filter.Alternatives.Select(Encoding.UTF8.GetBytes)] : [];
    private readonly Regex[] _patterns = filter.Operator is "|~" or "!~" ? [.. filter.Alternatives.Select(Regexes.Anywhere)] : [];

    public bool Process(Line line) => (_patterns.Length > 0 ? IsMatch(line.Text.Span) : Contains(line.Text.Span)) == _wanted;

    private bool Contains(ReadOnlySpan<byte> line)
    {
        foreach (var text in _texts)
        {
            if (line.IndexOf(text) >= 0)
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
