using Observability.Embedded.EmbeddedLoki.Errors;

namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>A template of Go's text/template with the functions that Loki offers (pkg/logql/log/fmt.go, v3.7.6).</summary>
internal sealed class GoTemplate
{
    private readonly Action<TemplateState> _render;

    private GoTemplate(Action<TemplateState> render, IReadOnlyCollection<string> labels) => (_render, Labels) = (render, labels);

    /// <summary>The labels that it names.</summary>
    public IReadOnlyCollection<string> Labels { get; }

    /// <param name="name">Name of the template, as Go's errors have it: <c>line</c> or <c>label</c>.</param>
    /// <param name="text">The template.</param>
    /// <exception cref="FormatException">It is malformed; the message has Go's words.</exception>
    public static GoTemplate Parse(string name, string text)
    {
        var parser = new TemplateParser(name, text);
        return new(parser.Parse(), parser.Labels);
    }

    /// <exception cref="TemplateException">A function does not take what it was given.</exception>
    /// <exception cref="LogQlException">The output becomes too large.</exception>
    public string Render(Line line)
    {
        var state = new TemplateState(line);
        _render(state);
        return state.Output;
    }
}
