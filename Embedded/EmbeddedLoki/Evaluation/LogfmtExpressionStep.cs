using System.Text;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| logfmt a="b"</c>: the named values, empty where there are none.</summary>
internal sealed class LogfmtExpressionStep(LogfmtStage stage) : IPipelineStep
{
    public bool Process(Line line)
    {
        if (line.Hints.NeedsNothing(line))
            return true;
        foreach (var (label, _) in stage.Extractions)
        {
            if (!line.HasStreamOrMetadata(label))
                line.SetParsed(label, "");
        }

        var reader = new LogfmtReader(line.Text.Span);
        while (!reader.AtEnd)
        {
            if (!reader.Read())
            {
                if (stage.Strict)
                    break;
                continue;
            }

            var key = LabelName.Sanitize(Encoding.UTF8.GetString(reader.Key), first: true);
            foreach (var (label, expression) in stage.Extractions)
            {
                if (expression == key)
                    line.SetParsed(line.NameForParsed(label), Encoding.UTF8.GetString(reader.Value));
            }
        }

        if (stage.Strict && reader.Error is { } error)
            line.SetParserError(LogfmtStep.ErrorType, error);
        return true;
    }
}
