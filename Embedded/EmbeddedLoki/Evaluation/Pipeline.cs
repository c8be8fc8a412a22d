using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>The stages of a query in order.</summary>
internal sealed class Pipeline
{
    private readonly IPipelineStep[] _steps;

    /// <exception cref="LogQl.LogQlException">A template or an expression of a stage is malformed.</exception>
    public Pipeline(NodeList<Stage> stages) => _steps = [.. stages.Select(Create)];

    public bool Process(Line line)
    {
        foreach (var step in _steps)
        {
            if (!step.Process(line))
                return false;
        }

        return true;
    }

    private static IPipelineStep Create(Stage stage) => stage switch
    {
        LineFilter filter => new LineFilterStep(filter),
        JsonStage json => new JsonStep(json),
        LogfmtStage logfmt => new LogfmtStep(logfmt),
        LabelFilterStage filter => new LabelFilterStep(filter.Filter),
        LineFormatStage format => new LineFormatStep(format),
        DropStage drop => new DropStep(drop),
        KeepStage keep => new KeepStep(keep),
        _ => throw new NotSupportedException(stage.GetType().Name),
    };
}
