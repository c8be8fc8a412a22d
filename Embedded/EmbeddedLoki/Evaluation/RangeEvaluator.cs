using System.Runtime.InteropServices;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>Aggregations over a time range: at a step t they see the samples in (t − range, t], moved back by the offset.</summary>
internal sealed class RangeEvaluator(
    LogStore store, StepRange steps, QueryBudget budget, QueryStatistics statistics, CancellationToken cancellationToken)
{
    /// <param name="aggregation">What to evaluate.</param>
    /// <param name="grouping">The grouping of the sum around it; null for none.</param>
    /// <param name="isResult">Whether each series is one of the query's result, whose number is limited.</param>
    public IEnumerable<Series> Run(RangeAggregation aggregation, Grouping? grouping, bool isResult)
    {
        var range = aggregation.Range;
        var groups = Collect(aggregation, grouping, isResult);
        if (aggregation.Function == "absent_over_time")
        {
            yield return Absent(aggregation, groups);
            yield break;
        }

        foreach (var (labels, samples) in groups)
        {
            var series = NewSeries(labels);
            foreach (var (step, window) in Windows(samples, range))
            {
                Check(labels);
                series.Set(step, RangeFunction.Apply(aggregation, CollectionsMarshal.AsSpan(samples)[window]));
            }

            yield return series;
        }
    }

    /// <summary>Errors are not allowed in metrics unless they are asked for.</summary>
    private static void Check(LabelSet labels)
    {
        if (labels.Get(Line.ErrorLabel) is not { Length: > 0 } error || labels.Get(Line.PreserveErrorLabel) == "true")
            return;
        throw new LogQlException($"pipeline error: '{error}' for series: '{labels}'.\n"
            + $"Use a label filter to intentionally skip this error. (e.g | __error__!=\"{error}\").\n"
            + "To skip all potential errors you can match empty errors.(e.g __error__=\"\")\n"
            + "The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )\n");
    }

    private Series NewSeries(LabelSet labels)
    {
        budget.Spend(QueryBudget.Overhead + (steps.Count * (long)(sizeof(double) + sizeof(bool))));
        return new(labels, steps.Count);
    }

    /// <summary>One where there is nothing, with the labels that the selector says by name.</summary>
    private Series Absent(RangeAggregation aggregation, Dictionary<LabelSet, List<Sample>> groups)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var ambiguous = new List<string>();
        foreach (var matcher in aggregation.Range.Log.Matchers)
        {
            if (matcher.Operator != MatchOperator.Equal || !labels.TryAdd(matcher.Name, matcher.Value))
                ambiguous.Add(matcher.Name);
        }

        foreach (var name in ambiguous)
            labels.Remove(name);
        var present = new bool[steps.Count];
        foreach (var (group, samples) in groups)
        {
            foreach (var (step, _) in Windows(samples, aggregation.Range))
            {
                Check(group);
                present[step] = true;
            }
        }

        var series = NewSeries(LabelSet.From(labels));
        for (var step = 0; step < steps.Count; step++)
        {
            if (!present[step])
                series.Set(step, 1);
        }

        return series;
    }

    /// <summary>The steps that see samples, and which.</summary>
    private IEnumerable<(int Step, Range Window)> Windows(List<Sample> samples, LogRange range)
    {
        // The samples of one stream come in order; those of streams that fall into one group come one stream after the other.
        if (!IsSorted(CollectionsMarshal.AsSpan(samples)))
            SortByTime(samples);
        int first = 0, last = 0;
        for (var step = 0; step < steps.Count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = steps.At(step) - range.Offset;
            while (last < samples.Count && samples[last].Timestamp <= end)
                last++;
            while (first < last && samples[first].Timestamp <= end - range.Interval)
                first++;
            if (first < last)
                yield return (step, first..last);
        }
    }

    private Dictionary<LabelSet, List<Sample>> Collect(RangeAggregation aggregation, Grouping? grouping, bool isResult)
    {
        var range = aggregation.Range;
        var extractor = new SampleExtractor(aggregation, grouping);
        var groups = new Dictionary<LabelSet, List<Sample>>();
        // Both bounds of (start, end] lie one nanosecond behind those of the cursor's [from, to).
        var from = steps.Start - range.Offset - range.Interval + 1;
        var to = steps.End - range.Offset + 1;
        foreach (var stream in store.Select(CompiledMatcher.OfSelector(range.Log.Matchers)))
        {
            var cursor = new StreamCursor(stream, extractor.Pipeline, extractor.Hints, statistics, from, to, forward: true);
            var countsCopies = store.IsInMemory(stream);
            (LabelSet? Labels, LabelSet Group) known = (null, LabelSet.Empty);
            while (cursor.MoveNext(cancellationToken))
            {
                var line = cursor.Line;
                if (!IsInWindow(cursor.Timestamp, range) || !extractor.TryExtract(line, out var value))
                    continue;
                LabelSet group;
                if (line.IsUnchanged)
                {
                    var labels = line.Combined();
                    if (!ReferenceEquals(labels, known.Labels))
                        known = (labels, extractor.GroupOf(line));
                    group = known.Group;
                }
                else
                {
                    group = extractor.GroupOf(line);
                }

                if (!groups.TryGetValue(group, out var samples))
                {
                    groups.Add(group, samples = []);
                    budget.Spend((2 * QueryBudget.Overhead) + group.Bytes);
                    if (isResult)
                        budget.CheckSeries(groups.Count);
                }

                for (var copies = countsCopies ? cursor.Copies : 0; copies >= 0; copies--)
                    samples.Add(new(cursor.Timestamp, value));
                // A list takes up to twice what it holds while it grows.
                budget.Spend(2 * Marshal.SizeOf<Sample>());
            }
        }

        return groups;
    }

    /// <summary>Whether any step sees the time: with a step longer than the range there are gaps.</summary>
    private bool IsInWindow(long timestamp, LogRange range)
    {
        if (steps.Step <= range.Interval)
            return true;
        var first = steps.Start - range.Offset;
        var step = timestamp <= first ? 0 : (timestamp - first + steps.Step - 1) / steps.Step;
        return step < steps.Count && timestamp > first + (step * steps.Step) - range.Interval;
    }

    private static void SortByTime(List<Sample> samples)
    {
        // Samples of one time stay in the order in which they came.
        var span = CollectionsMarshal.AsSpan(samples);
        var keys = new (long Time, int Order)[span.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = (span[i].Timestamp, i);
        keys.AsSpan().Sort(span);
    }

    private static bool IsSorted(ReadOnlySpan<Sample> samples)
    {
        for (var i = 1; i < samples.Length; i++)
        {
            if (samples[i].Timestamp < samples[i - 1].Timestamp)
                return false;
        }

        return true;
    }
}
