using System.Text;
using Observability.Embedded.EmbeddedLoki.Evaluation.Templates;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| line_format</c></summary>
internal sealed class LineFormatStep : IPipelineStep
{
    public const string ErrorType = "TemplateFormatErr";
    private readonly GoTemplate _template;

    /// <exception cref="StageException">The template is malformed.</exception>
    public LineFormatStep(LineFormatStage stage)
    {
        try
        {
            _template = GoTemplate.Parse("line", stage.Template);
        }
        catch (FormatException exception)
        {
            throw new StageException($"invalid line template: {exception.Message}");
        }
    }

    public IEnumerable<string> Labels => _template.Labels;

    public bool Process(Line line)
    {
        try
        {
            line.Text = Encoding.UTF8.GetBytes(_template.Render(line));
        }
        catch (TemplateException exception)
        {
            (line.Error, line.ErrorDetails) = (ErrorType, $"template: line:1: executing \"line\": {exception.Message}");
        }

        return true;
    }
}
