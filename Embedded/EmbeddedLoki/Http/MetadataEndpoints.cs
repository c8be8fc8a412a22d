using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>
/// What streams there are: <c>labels</c>, <c>label/…/values</c>, <c>series</c>, <c>index/stats</c>, <c>detected_labels</c>.
/// </summary>
internal sealed class MetadataEndpoints(LogStore store, EmbeddedLokiOptions options, TimeProvider time)
{
    public async Task LabelsAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        await WriteListAsync(context, Select(form, form["query"]).SelectMany(s => s.Labels.Pairs.ToArray()).Select(p => p.Key));
    }

    public async Task LabelValuesAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var name = (string)context.Request.RouteValues["name"]!;
        await WriteListAsync(context, Select(form, form["query"]).Select(s => s.Labels.Get(name)).Where(value => value.Length > 0));
    }

    public async Task SeriesAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var groups = form.All("match").Concat(form.All("match[]")).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        if (groups is [var only] && only.Replace(" ", "", StringComparison.Ordinal) == "{}")
            groups.Clear();
        var streams = groups.Count == 0 ? Select(form, "") : groups.SelectMany(g => Select(form, g)).Distinct();
        var labels = streams.Select(s => s.Labels).Order().ToList();
        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, "success"u8);
            writer.WriteStartArray("data"u8);
            foreach (var set in labels)
            {
                writer.WriteStartObject();
                foreach (var (name, value) in set.Pairs)
                    writer.WriteString(name, value);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public async Task StatsAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var (from, to) = RequestParameters.Bounds(form, time.GetUtcNow());
        long streams = 0, chunks = 0, bytes = 0, entries = 0;
        foreach (var stream in Select(form, form["query"]))
        {
            var usage = StreamUsage.Of(stream, from, to);
            streams++;
            chunks += usage.Chunks;
            bytes += usage.Bytes;
            entries += usage.Entries;
        }

        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("streams"u8, streams);
            writer.WriteNumber("chunks"u8, chunks);
            writer.WriteNumber("bytes"u8, bytes);
            writer.WriteNumber("entries"u8, entries);
            writer.WriteEndObject();
        });
    }

    /// <summary>What Grafana's Logs Drilldown asks first: the labels with the number of their values.</summary>
    public async Task DetectedLabelsAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var labels = Select(form, form["query"]).SelectMany(s => s.Labels.Pairs.ToArray()).GroupBy(p => p.Key, p => p.Value)
            .Select(g => (Name: g.Key, Cardinality: g.Distinct().Count())).OrderBy(l => l.Name, StringComparer.Ordinal).ToList();
        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("detectedLabels"u8);
            foreach (var (name, cardinality) in labels)
            {
                writer.WriteStartObject();
                writer.WriteString("label"u8, name);
                writer.WriteNumber("cardinality"u8, cardinality);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private IEnumerable<LogStream> Select(RequestForm form, string query)
    {
        var (from, to) = RequestParameters.Bounds(form, time.GetUtcNow());
        if (options.MaxQueryLength > TimeSpan.Zero && (Int128)to - from > GoTime.ToNanoseconds(options.MaxQueryLength))
            from = to - GoTime.ToNanoseconds(options.MaxQueryLength);
        var matchers = query.Replace(" ", "", StringComparison.Ordinal) is "" or "{}" ? NodeList<Matcher>.Empty
            : LogQlParser.ParseSelector(query).Matchers;
        return store.Select(CompiledMatcher.OfSelector(matchers)).Where(s => s.ChunksIn(from, to).Length > 0);
    }

    private static async Task WriteListAsync(HttpContext context, IEnumerable<string> values)
    {
        var list = values.Distinct().Order(StringComparer.Ordinal).ToList();
        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, "success"u8);
            // Loki leaves out an empty list.
            if (list.Count > 0)
            {
                writer.WriteStartArray("data"u8);
                foreach (var value in list)
                    writer.WriteStringValue(value);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        });
    }
}
