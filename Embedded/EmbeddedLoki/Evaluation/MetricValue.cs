namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>What a metric query comes to: a number, or series.</summary>
/// <param name="Scalar">The number; null for series.</param>
/// <param name="Series">The series; empty for a number.</param>
internal sealed record MetricValue(double? Scalar, IReadOnlyList<Series> Series)
{
    public static MetricValue Of(double scalar) => new(scalar, []);

    public static MetricValue Of(IEnumerable<Series> series) => new(null, [.. series]);
}
