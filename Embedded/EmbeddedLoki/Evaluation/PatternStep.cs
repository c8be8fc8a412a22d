using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| pattern</c></summary>
/// <exception cref="StageException">The pattern is malformed.</exception>
internal sealed class PatternStep(PatternStage stage) : IPipelineStep
{
    private readonly PatternExpression _pattern = PatternExpression.ForParser(stage.Pattern);

    public bool Process(Line line)
    {
        if (!line.Hints.NeedsNothing(line))
            _pattern.Capture(line.Text.Span, line.AddParsed);
        return true;
    }
}
