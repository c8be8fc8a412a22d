using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| drop</c></summary>
internal sealed class DropStep(DropStage stage) : IPipelineStep
{
    private readonly (string Name, CompiledMatcher? Matcher)[] _labels =
        [.. stage.Labels.Select(l => (l.Name, l.Matcher is null ? null : CompiledMatcher.OfPipeline(l.Matcher)))];

    public bool Process(Line line)
    {
        foreach (var (name, matcher) in _labels)
        {
            if (matcher is not null && !matcher.Matches(line.Get(name)))
                continue;
            if (name == Line.ErrorLabel)
                line.Error = "";
            else if (name == Line.ErrorDetailsLabel)
                line.ErrorDetails = "";
            else if (line.Find(name) is not null)
                line.Remove(name);
        }

        return true;
    }
}
