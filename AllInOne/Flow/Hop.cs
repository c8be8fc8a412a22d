namespace Observability.AllInOne.Flow;

/// <summary>What passed one point of the pipeline.</summary>
/// <param name="Total">Lines since the start.</param>
/// <param name="PerSecond">Lines a second, over the last second.</param>
internal readonly record struct Hop(long Total, double PerSecond);
