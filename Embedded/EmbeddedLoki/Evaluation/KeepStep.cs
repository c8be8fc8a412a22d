using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| keep</c>: errors stay in any case.</summary>
internal sealed class KeepStep(KeepStage stage) : IPipelineStep
{
    private readonly (string Name, CompiledMatcher? Matcher)[] _labels =
        [.. stage.Labels.Select(l => (l.Name, l.Matcher is null ? null : CompiledMatcher.OfPipeline(l.Matcher)))];

    public bool Process(Line line)
    {
        line.Keep((name, value) => Array.Exists(_labels, l => l.Name == name && (l.Matcher is null || l.Matcher.Matches(value))));
        return true;
    }
}
