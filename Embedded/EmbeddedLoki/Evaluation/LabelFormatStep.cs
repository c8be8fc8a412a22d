using Observability.Embedded.EmbeddedLoki.Evaluation.Templates;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| label_format</c></summary>
internal sealed class LabelFormatStep : IPipelineStep
{
    private readonly List<(LabelFormat Format, GoTemplate? Template)> _formats = [];

    /// <exception cref="StageException">A template is malformed, or a label is set twice.</exception>
    public LabelFormatStep(LabelFormatStage stage)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var format in stage.Formats)
        {
            if (format.Name == Line.ErrorLabel)
                throw new StageException($"{format.Name} cannot be formatted");
            if (!names.Add(format.Name))
                throw new StageException($"multiple label name '{format.Name}' not allowed in a single format operation");
        }

        foreach (var format in stage.Formats)
        {
            try
            {
                _formats.Add((format, format.IsRename ? null : GoTemplate.Parse("label", format.Value)));
            }
            catch (FormatException exception)
            {
                throw new StageException($"invalid template for label '{format.Name}': {exception.Message}");
            }
        }
    }

    public IEnumerable<string> Labels => _formats.SelectMany(f => f.Template?.Labels ?? [f.Format.Value]);

    public bool Process(Line line)
    {
        // Templates see the labels as they were before the first of them has set one.
        List<(string Name, string Value)>? results = null;
        foreach (var (format, template) in _formats)
        {
            if (template is null)
            {
                Apply(line, ref results);
                if (line.Find(format.Value) is { } value)
                {
                    line.SetParsed(format.Name, value);
                    line.Remove(format.Value);
                }

                continue;
            }

            try
            {
                (results ??= []).Add((format.Name, template.Render(line)));
            }
            catch (TemplateException exception)
            {
                (line.Error, line.ErrorDetails) = (LineFormatStep.ErrorType,
                    $"template: label:1: executing \"label\": {exception.Message}");
            }
        }

        Apply(line, ref results);
        return true;
    }

    private static void Apply(Line line, ref List<(string Name, string Value)>? results)
    {
        foreach (var (name, value) in results ?? [])
            line.SetParsed(name, value);
        results = null;
    }
}
