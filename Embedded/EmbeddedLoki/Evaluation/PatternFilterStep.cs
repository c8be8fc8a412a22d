using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>|&gt; !&gt;</c></summary>
internal sealed class PatternFilterStep : IPipelineStep
{
    private readonly PatternExpression[] _patterns;
    private readonly bool _wanted;

    /// <exception cref="StageException">A pattern is malformed.</exception>
    public PatternFilterStep(LineFilter filter)
    {
        _wanted = filter.Operator == "|>";
        _patterns = [.. filter.Alternatives.Select(
            a => a.IsIp ? throw new StageException("ip: invalid operation") : PatternExpression.ForFilter(a.Text))];
    }

    public bool Process(Line line)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.IsMatch(line.Text.Span))
                return _wanted;
        }

        return !_wanted;
    }
}
