using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Patterns;

/// <summary>Long lines.</summary>
internal sealed class LargeLinesPattern : LinePattern
{
    public override string Name => "large-lines";

    public override string Description => "lines of 8 to 250 KB, up to just under Loki's default limit";

    public override LineMix Mix(TimeSpan scheduled) => LineCatalogue.Large;
}
