using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>
/// <c>index/volume</c> and <c>index/volume_range</c>: bytes by series or by label, the largest first (pkg/querier/queryrange/volume.go,
/// v3.7.6).
/// </summary>
internal sealed class VolumeEndpoints(LogStore store, TimeProvider time)
{
    private const int MaxSeries = 1000;

    public async Task InstantAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var request = Request.Read(form, time);
        var volumes = Volumes(request, request.From, request.To);
        var at = request.To / 1_000_000;
        await ResponseWriter.JsonAsync(
            context, writer => ResponseWriter.Query(writer, "vector", categorize: false, new(), TimeSpan.Zero, w =>
        {
            w.WriteStartArray();
            foreach (var (labels, bytes) in volumes.OrderByDescending(v => v.Value).ThenBy(v => v.Key).Take(request.Limit))
            {
                w.WriteStartObject();
                ResponseWriter.Labels(w, "metric", request.Shown(labels));
                w.WritePropertyName("value"u8);
                ResponseWriter.Point(w, at, bytes);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        }));
    }

    public async Task RangeAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var request = Request.Read(form, time);
        if (request.To < request.From)
            throw new LokiException("end timestamp must not be before or equal to start time");
        var step = RequestParameters.Step(form, request.From, request.To);
        var series = new Dictionary<LabelSet, List<(long At, long Bytes)>>();
        for (var start = request.From; start < request.To;)
        {
            // A part ends a millisecond before the next one starts, and is known by its end.
            var next = step < request.To - start ? start + step : request.To;
            var end = next == request.To ? next : next - 1_000_000;
            foreach (var (labels, bytes) in Volumes(request, start, end).OrderByDescending(v => v.Value).ThenBy(v => v.Key).Take(
                request.Limit))
            {
                if (!series.TryGetValue(labels, out var points))
                    series.Add(labels, points = []);
                points.Add((end / 1_000_000, bytes));
            }

            start = next;
        }

        await ResponseWriter.JsonAsync(
            context, writer => ResponseWriter.Query(writer, "matrix", categorize: false, new(), TimeSpan.Zero, w =>
        {
            w.WriteStartArray();
            foreach (var (labels, points) in series.OrderBy(s => s.Key))
            {
                w.WriteStartObject();
                ResponseWriter.Labels(w, "metric", request.Shown(labels));
                w.WriteStartArray("values"u8);
                foreach (var (at, bytes) in points)
                    ResponseWriter.Point(w, at, bytes);
                w.WriteEndArray();
                w.WriteEndObject();
            }

            w.WriteEndArray();
        }));
    }

    private Dictionary<LabelSet, long> Volumes(Request request, long from, long to)
    {
        var volumes = new Dictionary<LabelSet, long>();
        foreach (var stream in store.Select(request.Selects))
        {
            var bytes = StreamUsage.Of(stream, from, to).Bytes;
            if (bytes == 0)
                continue;
            if (!request.ByLabels)
            {
                Add(request.Names.Count == 0 ? stream.Labels : stream.Labels.Keep(request.Names), bytes);
                continue;
            }

            foreach (var (name, _) in stream.Labels.Pairs)
            {
                if (request.Targets.Count == 0 || request.Targets.Contains(name))
                    Add(LabelSet.From([KeyValuePair.Create(name, name)]), bytes);
            }
        }

        return volumes;

        void Add(LabelSet labels, long bytes) => volumes[labels] = volumes.GetValueOrDefault(labels) + bytes;
    }

    /// <param name="From">Nanoseconds, inclusive.</param>
    /// <param name="To">Nanoseconds, exclusive.</param>
    /// <param name="Limit">Most series.</param>
    /// <param name="ByLabels">By the labels' names instead of by series.</param>
    /// <param name="Targets">The labels that were asked for.</param>
    /// <param name="Names">The labels that make a series; empty for all.</param>
    /// <param name="Selects">Which streams.</param>
    private sealed record Request(
        long From, long To, int Limit, bool ByLabels, IReadOnlyCollection<string> Targets, IReadOnlyCollection<string> Names,
            Predicate<LabelSet> Selects)
    {
        public static Request Read(RequestForm form, TimeProvider time)
        {
            var (from, to) = RequestParameters.Bounds(form, time.GetUtcNow());
            var byLabels = form["aggregateBy"] switch
            {
                "" or "series" => false,
                "labels" => true,
                _ => throw new LokiException("invalid aggregation option"),
            };
            var targets = form["targetLabels"].Split(',', StringSplitOptions.RemoveEmptyEntries);
            var query = form["query"];
            var matchers = query.Replace(" ", "", StringComparison.Ordinal) is "" or "{}" ? NodeList<Matcher>.Empty
                : LogQlParser.ParseSelector(query).Matchers;
            // Without target labels a series is what the selector names; an empty selector stands for all labels.
            string[] names = targets.Length > 0 ? targets : [.. matchers.Select(m => m.Name).Distinct()];
            return new(
                from, to, Math.Min(RequestParameters.Limit(form), MaxSeries), byLabels, targets, names, CompiledMatcher.OfSelector(
                matchers));
        }

        /// <summary>A label's name is shown as a label without a value.</summary>
        public KeyValuePair<string, string>[] Shown(LabelSet labels) =>
            ByLabels ? [KeyValuePair.Create(labels.Pairs[0].Key, "")] : [.. labels.Pairs];
    }
}
