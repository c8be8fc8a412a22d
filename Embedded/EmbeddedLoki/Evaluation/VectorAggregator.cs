using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>Aggregations over series, step by step.</summary>
internal static class VectorAggregator
{
    public static LabelSet GroupOf(LabelSet labels, Grouping? grouping) => grouping is null ? labels
        : grouping.Without ? labels.Remove(grouping.Labels)
        : grouping.Labels.Count == 0 ? LabelSet.Empty
        : labels.Keep(grouping.Labels);

    public static IEnumerable<Series> Run(VectorAggregation aggregation, IReadOnlyList<Series> series, int steps, QueryBudget budget)
    {
        // A range query's series come in the order of their labels anyway.
        if (aggregation.Function is "sort" or "sort_desc")
            return aggregation.Function == "sort" ? series.OrderBy(s => s.Values[0]) : series.OrderByDescending(s => s.Values[0]);
        // Without a grouping all series are one group; topk and bottomk keep the labels of what they pick.
        var groups = series.GroupBy(s => GroupOf(s.Labels, aggregation.Grouping ?? new(false, NodeList<string>.Empty)));
        budget.Spend(series.Count * (QueryBudget.Overhead + (steps * (long)(sizeof(double) + sizeof(bool)))));
        return aggregation.Function is "topk" or "bottomk"
            ? groups.SelectMany(g => Pick([.. g], aggregation.Parameter!.Value, aggregation.Function == "topk", steps))
            : groups.Select(g => Reduce(aggregation.Function, g.Key, [.. g], steps));
    }

    private static Series Reduce(string function, LabelSet labels, Series[] series, int steps)
    {
        var result = new Series(labels, steps);
        for (var step = 0; step < steps; step++)
        {
            double sum = 0, mean = 0, squares = 0, least = double.NaN, most = double.NaN;
            var count = 0;
            foreach (var one in series)
            {
                if (!one.Present[step])
                    continue;
                var value = one.Values[step];
                count++;
                sum += value;
                // Step by step as in Loki, so that the digits are its own.
                var delta = value - mean;
                mean = count == 1 ? value : mean + (delta / count);
                squares += count == 1 ? 0 : delta * (value - mean);
                if (double.IsNaN(least) || value < least)
                    least = value;
                if (double.IsNaN(most) || value > most)
                    most = value;
            }

            if (count == 0)
                continue;
            result.Set(step, function switch
            {
                "sum" => sum,
                "avg" => mean,
                "min" => least,
                "max" => most,
                "stdvar" => squares / count,
                "stddev" => Math.Sqrt(squares / count),
                _ => count,
            });
        }

        return result;
    }

    private static Series[] Pick(Series[] series, int count, bool largest, int steps)
    {
        var results = series.Select(s => new Series(s.Labels, steps)).ToArray();
        for (var step = 0; step < steps; step++)
        {
            var at = step;
            var order = Enumerable.Range(0, series.Length).Where(i => series[i].Present[at])
                .OrderBy(i => double.IsNaN(series[i].Values[at])).ThenBy(i => largest ? -series[i].Values[at] : series[i].Values[at]).Take(
                    count);
            foreach (var i in order)
                results[i].Set(step, series[i].Values[step]);
        }

        return results;
    }
}
