using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>From the samples of one range, in order of time and at least one, to one number (pkg/logql/range_vector.go, v3.7.6).</summary>
internal static class RangeFunction
{
    public static double Apply(RangeAggregation aggregation, ReadOnlySpan<Sample> samples)
    {
        var seconds = aggregation.Range.Interval / (double)Durations.Second;
        return aggregation.Function switch
        {
            "count_over_time" => samples.Length,
            "rate" when aggregation.Range.Unwrap is null => samples.Length / seconds,
            "rate" or "bytes_rate" => Sum(samples) / seconds,
            "bytes_over_time" or "sum_over_time" => Sum(samples),
            "avg_over_time" => Sum(samples) / samples.Length,
            "min_over_time" => Least(samples, -1),
            "max_over_time" => Least(samples, 1),
            "first_over_time" => samples[0].Value,
            "last_over_time" => samples[^1].Value,
            "quantile_over_time" => Quantile(samples, aggregation.Parameter!.Value),
            _ => throw new NotSupportedException(aggregation.Function),
        };
    }

    private static double Sum(ReadOnlySpan<Sample> samples)
    {
        double sum = 0;
        foreach (var sample in samples)
            sum += sample.Value;
        return sum;
    }

    private static double Least(ReadOnlySpan<Sample> samples, int sign)
    {
        var result = samples[0].Value;
        foreach (var (_, value) in samples)
        {
            if (value.CompareTo(result) * sign > 0 || double.IsNaN(result))
                result = value;
        }

        return result;
    }

    /// <summary>Prometheus' quantile: linear between the two nearest ranks.</summary>
    private static double Quantile(ReadOnlySpan<Sample> samples, double q)
    {
        if (q < 0)
            return double.NegativeInfinity;
        if (q > 1)
            return double.PositiveInfinity;
        var values = new double[samples.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = samples[i].Value;
        Array.Sort(values);
        var rank = q * (values.Length - 1);
        var lower = (int)Math.Floor(rank);
        var upper = Math.Min(values.Length - 1, lower + 1);
        var weight = rank - Math.Floor(rank);
        return (values[lower] * (1 - weight)) + (values[upper] * weight);
    }
}
