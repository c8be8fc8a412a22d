using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>From the samples of one range, in order of time and at least one, to one number (pkg/logql/range_vector.go, v3.7.6).</summary>
internal static class RangeFunction
{
    public static double Apply(RangeAggregation aggregation, ReadOnlySpan<Sample> samples)
    {
        var seconds = aggregation.Range.Interval / (double)LogQlDurations.Second;
        return aggregation.Function switch
        {
            "count_over_time" => samples.Length,
            "rate" when aggregation.Range.Unwrap is null => samples.Length / seconds,
            "rate" or "bytes_rate" => Sum(samples) / seconds,
            "rate_counter" => CounterRate(samples, seconds),
            "bytes_over_time" or "sum_over_time" => Sum(samples),
            // As the query frontend has it, which makes a sum and a count of it.
            "avg_over_time" => Sum(samples) / samples.Length,
            "min_over_time" => Extreme(samples, -1),
            "max_over_time" => Extreme(samples, 1),
            "stdvar_over_time" => Variance(samples),
            "stddev_over_time" => Math.Sqrt(Variance(samples)),
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

    private static double Variance(ReadOnlySpan<Sample> samples)
    {
        double sum = 0, count = 0, mean = 0;
        foreach (var (_, value) in samples)
        {
            count++;
            var delta = value - mean;
            mean += delta / count;
            sum += delta * (value - mean);
        }

        return sum / count;
    }

    private static double Extreme(ReadOnlySpan<Sample> samples, int sign)
    {
        var result = samples[0].Value;
        foreach (var (_, value) in samples)
        {
            if ((sign > 0 ? value > result : value < result) || double.IsNaN(result))
                result = value;
        }

        return result;
    }

    /// <summary>
    /// Prometheus' rate of a counter, resets included, as Loki has taken it over: the range ends at the last sample, and where Prometheus
    /// counts
    /// milliseconds Loki's samples have nanoseconds, so that extrapolation to the start adds next to nothing.
    /// </summary>
    private static double CounterRate(ReadOnlySpan<Sample> samples, double seconds)
    {
        if (samples.Length < 2)
            return 0;
        var increase = samples[^1].Value - samples[0].Value;
        double last = 0;
        foreach (var (_, value) in samples)
        {
            if (value < last)
                increase += last;
            last = value;
        }

        var sampled = (samples[^1].Timestamp - samples[0].Timestamp) / 1000.0;
        var between = sampled / (samples.Length - 1);
        var toStart = seconds;
        if (increase > 0 && samples[0].Value >= 0)
            toStart = Math.Min(toStart, sampled * (samples[0].Value / increase));
        var extrapolated = sampled + (toStart < between * 1.1 ? toStart : between / 2);
        return increase * (extrapolated / sampled) / seconds;
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
