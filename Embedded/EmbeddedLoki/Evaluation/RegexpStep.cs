using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| regexp</c></summary>
internal sealed class RegexpStep : IPipelineStep
{
    private readonly GoRegex _regex;

    /// <exception cref="StageException">The pattern names no group.</exception>
    /// <exception cref="FormatException">The pattern is malformed.</exception>
    public RegexpStep(RegexpStage stage)
    {
        _regex = GoRegex.Anywhere(stage.Pattern);
        if (_regex.Names.All(name => name.Length == 0))
            throw new StageException("at least one named capture must be supplied");
    }

    public bool Process(Line line)
    {
        var match = _regex.Match(Encoding.UTF8.GetString(line.Text.Span));
        if (!match.Success)
            return true;
        for (var i = 0; i < _regex.Names.Count; i++)
        {
            if (_regex.Names[i].Length > 0)
                line.AddParsed(Labels.LabelName.Sanitize(_regex.Names[i], first: true), GoRegex.Group(match, i + 1) ?? "");
        }

        return true;
    }
}
