using System.Text;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| logfmt</c></summary>
internal sealed class LogfmtStep(LogfmtStage stage) : IPipelineStep
{
    public bool Process(Line line)
    {
        var reader = new LogfmtReader(line.Text.Span);
        var found = stage.Extractions.Count > 0 ? new string?[stage.Extractions.Count] : null;
        while (reader.Read())
        {
            var value = Encoding.UTF8.GetString(reader.Value);
            if (found is not null)
            {
                var key = Encoding.UTF8.GetString(reader.Key);
                for (var i = 0; i < found.Length; i++)
                {
                    if (stage.Extractions[i].Expression == key)
                        found[i] ??= value;
                }
            }
            else if (value.Length > 0 || stage.KeepEmpty)
            {
                line.AddParsed(LabelName.Sanitize(Encoding.UTF8.GetString(reader.Key), first: true), value);
            }
        }

        for (var i = 0; i < (found?.Length ?? 0); i++)
            line.AddParsed(stage.Extractions[i].Label, found![i] ?? "");
        if (stage.Strict && reader.Error is { } error)
            line.SetError("LogfmtParserErr", error);
        return true;
    }
}
