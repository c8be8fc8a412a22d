using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| drop</c></summary>
internal sealed class DropStep(DropStage stage) : IPipelineStep
{
    public bool Process(Line line)
    {
        foreach (var (name, matcher) in stage.Labels)
        {
            if (matcher is null || (line.Get(name) is { Length: > 0 } value && Matchers.Matches(matcher, value)))
            {
                line.Remove(name);
                // Whoever drops the error means its explanation too.
                if (name == Line.ErrorLabel)
                    line.Remove(Line.ErrorDetailsLabel);
            }
        }

        return true;
    }
}
