using System.Text;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| logfmt</c></summary>
internal sealed class LogfmtStep(LogfmtStage stage) : IPipelineStep
{
    public const string ErrorType = "LogfmtParserErr";

    public bool Process(Line line)
    {
        if (line.Hints.NeedsNothing(line))
            return true;
        var reader = new LogfmtReader(line.Text.Span);
        while (!reader.AtEnd)
        {
            if (!reader.Read())
            {
                if (stage.Strict)
                    break;
                continue;
            }

            if (reader.Value.IsEmpty && !stage.KeepEmpty)
                continue;
            line.AddParsed(
                LabelName.Sanitize(Encoding.UTF8.GetString(reader.Key), first: true),
                Encoding.UTF8.GetString(reader.Value).Replace('\uFFFD', ' '));
            if (line.Hints.HasAll(line))
                break;
        }

        if (stage.Strict && reader.Error is { } error)
            line.SetParserError(ErrorType, error);
        return true;
    }
}
