using System.Text;
using Observability.Embedded.EmbeddedLoki.Errors;

namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>What a template has at hand while it is rendered for a line.</summary>
/// <param name="line">The line with its labels.</param>
internal sealed class TemplateState(Line line)
{
    /// <summary>
    /// A line that a template made larger than this is no log line any more: doubling it a few times would fill the memory.
    /// </summary>
    public const int MaxLength = 1024 * 1024;

    private readonly StringBuilder _output = new();

    public Line Line { get; } = line;

    /// <summary>What the dot stands for: the line's labels (null), or the value of a <c>with</c> or <c>range</c> around.</summary>
    public object? Dot { get; set; }

    /// <summary>Whether the dot is still the line's labels.</summary>
    public bool DotIsLabels { get; set; } = true;

    /// <summary>Variables by name, the <c>$</c> included.</summary>
    public Dictionary<string, object?> Variables { get; } = new(StringComparer.Ordinal);

    public string Output => _output.ToString();

    /// <exception cref="LogQlException">The output becomes too large.</exception>
    public void Write(string text)
    {
        if (_output.Length + text.Length > MaxLength)
            throw TooLarge();
        _output.Append(text);
    }

    public static LogQlException TooLarge() =>
        new($"a template made a line of more than {MaxLength} characters, which is the limit of the embedded store");
}
