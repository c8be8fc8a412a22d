using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Patterns;

/// <summary>Lines that cannot be parsed.</summary>
internal sealed class MalformedPattern : LinePattern
{
    public override string Name => "malformed";

    public override string Description => "half of the lines are broken JSON, wrong UTF-8 or garbage";

    public override LineMix Mix(TimeSpan scheduled) => LineCatalogue.Broken;
}
