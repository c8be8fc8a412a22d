using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Patterns;

/// <summary>Services and identifiers that hardly ever repeat.</summary>
internal sealed class HighCardinalityPattern : LinePattern
{
    public override string Name => "high-cardinality";

    public override string Description => "20,000 services and identifiers that never repeat, which would explode as labels";

    public override LineMix Mix(TimeSpan scheduled) => LineCatalogue.HighCardinality;
}
