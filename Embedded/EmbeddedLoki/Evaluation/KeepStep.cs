using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| keep</c>: labels that start with two underscores stay in any case.</summary>
internal sealed class KeepStep(KeepStage stage) : IPipelineStep
{
    public bool Process(Line line)
    {
        foreach (var name in line.Names().ToList())
        {
            var keep = name.StartsWith("__", StringComparison.Ordinal)
                || stage.Labels.Any(l => l.Name == name && (l.Matcher is null || Matchers.Matches(l.Matcher, line.Get(name))));
            if (!keep)
                line.Remove(name);
        }

        return true;
    }
}
