using System.Text;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| line_format</c></summary>
internal sealed class LineFormatStep(LineFormatStage stage) : IPipelineStep
{
    private readonly LineTemplate _template = LineTemplate.Parse(stage.Template);

    public bool Process(Line line)
    {
        line.Text = Encoding.UTF8.GetBytes(_template.Render(line));
        return true;
    }
}
