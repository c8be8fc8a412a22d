using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>The stages of a query in order.</summary>
internal sealed class Pipeline
{
    private readonly IPipelineStep[] _steps;

    /// <exception cref="LogQlException">A template or an expression of a stage is malformed.</exception>
    public Pipeline(NodeList<Stage> stages) => _steps = [.. stages.Select(Create)];

    /// <summary>The labels that stages name, as far as a parser has to find them.</summary>
    public IEnumerable<string> Labels => _steps.SelectMany(s => s.Labels);

    public bool Process(Line line)
    {
        foreach (var step in _steps)
        {
            if (!step.Process(line))
                return false;
        }

        return true;
    }

    private static IPipelineStep Create(Stage stage)
    {
        try
        {
            return stage switch
            {
                LineFilter { Operator: "|>" or "!>" } filter => new PatternFilterStep(filter),
                LineFilter filter => new LineFilterStep(filter),
                JsonStage { Extractions.Count: 0 } => new JsonStep(),
                JsonStage json => new JsonExpressionStep(json),
                LogfmtStage { Extractions.Count: 0 } logfmt => new LogfmtStep(logfmt),
                LogfmtStage logfmt => new LogfmtExpressionStep(logfmt),
                RegexpStage regexp => new RegexpStep(regexp),
                PatternStage pattern => new PatternStep(pattern),
                UnpackStage => new UnpackStep(),
                DecolorizeStage => new DecolorizeStep(),
                LabelFilterStage filter => new LabelFilterStep(filter.Filter),
                LineFormatStage format => new LineFormatStep(format),
                LabelFormatStage format => new LabelFormatStep(format),
                DropStage drop => new DropStep(drop),
                KeepStage keep => new KeepStep(keep),
                _ => throw new NotSupportedException(stage.GetType().Name),
            };
        }
        catch (Exception exception) when (exception is StageException or FormatException)
        {
            throw LogQlException.Parse($"stage '{LogQlPrinter.Print(stage)}' : {exception.Message}");
        }
    }
}
