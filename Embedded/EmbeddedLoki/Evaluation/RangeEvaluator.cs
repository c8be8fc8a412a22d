using System.Runtime.InteropServices;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>Aggregations over a time range: at a step t they see the samples in (t − range, t], moved back by the offset.</summary>
internal sealed class RangeEvaluator(LogStore store, StepRange steps, QueryStatistics statistics, CancellationToken cancellationToken)
{
    public IEnumerable<Series> Run(RangeAggregation aggregation, Grouping? grouping)
    {
        var range = aggregation.Range;
        var groups = Collect(aggregation, grouping);
        foreach (var (labels, samples) in groups)
        {
            // The samples of one stream come in order; those of streams that fall into one group come one stream after the other.
            if (!IsSorted(CollectionsMarshal.AsSpan(samples)))
                CollectionsMarshal.AsSpan(samples).Sort((a, b) => a.Timestamp.CompareTo(b.Timestamp));
            var series = new Series(labels, steps.Count);
            int first = 0, last = 0;
            for (var step = 0; step < steps.Count; step++)
            {
                var end = steps.At(step) - range.Offset;
                while (last < samples.Count && samples[last].Timestamp <= end)
                    last++;
                while (first < last && samples[first].Timestamp <= end - range.Interval)
                    first++;
                if (first < last)
                    series.Set(step, RangeFunction.Apply(aggregation, CollectionsMarshal.AsSpan(samples)[first..last]));
            }

            yield return series;
        }
    }

    private Dictionary<LabelSet, List<Sample>> Collect(RangeAggregation aggregation, Grouping? grouping)
    {
        var range = aggregation.Range;
        var extractor = SampleExtractor.Create(aggregation);
        var pipeline = new Pipeline(range.Log.Stages);
        var groups = new Dictionary<LabelSet, List<Sample>>();
        // Both bounds of (start, end] lie one nanosecond behind those of the cursor's [from, to).
        var from = steps.Start - range.Offset - range.Interval + 1;
        var to = steps.End - range.Offset + 1;
        foreach (var stream in store.All.Where(s => Matchers.Matches(range.Log.Matchers, s.Labels)))
        {
            var cursor = new StreamCursor(stream, pipeline, statistics, from, to, forward: true);
            var countsCopies = store.IsInMemory(stream);
            (LabelSet Labels, LabelSet Group)? known = null;
            while (cursor.MoveNext(cancellationToken))
            {
                var line = cursor.Line;
                if (!extractor.TryExtract(line, out var value))
                    continue;
                if (line.HasError)
                    throw PipelineError(line);
                var labels = line.Combined();
                if (known is null || !ReferenceEquals(known.Value.Labels, labels))
                    known = (labels, VectorAggregator.GroupOf(labels, grouping));
                if (!groups.TryGetValue(known.Value.Group, out var samples))
                    groups.Add(known.Value.Group, samples = []);
                samples.Add(new(cursor.Timestamp, value));
                for (var copy = 0; countsCopies && copy < cursor.Copies; copy++)
                    samples.Add(new(cursor.Timestamp, value));
            }
        }

        return groups;
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

    private static LogQlException PipelineError(Line line)
    {
        var error = line.Get(Line.ErrorLabel);
        return new($"pipeline error: '{error}' for series: '{line.Combined()}'.\n"
            + $"Use a label filter to intentionally skip this error. (e.g | __error__!=\"{error}\").\n"
            + "To skip all potential errors you can match empty errors.(e.g __error__=\"\")\n"
            + "The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )\n");
    }
}
