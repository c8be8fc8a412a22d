using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.LogQl;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>
/// What Grafana's Logs Drilldown asks besides: <c>drilldown-limits</c>, and <c>patterns</c>, of which there are none, since no pattern
/// ingester
/// is imitated – as the limits say.
/// </summary>
internal sealed class DrilldownEndpoints(EmbeddedLokiOptions options)
{
    public Task LimitsAsync(HttpContext context) => ResponseWriter.JsonAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("limits"u8);
        writer.WriteBoolean("discover_log_levels"u8, true);
        Texts("discover_service_name", ServiceNameLabel.Sources);
        Texts("log_level_fields", DetectedLevel.Fields);
        writer.WriteNumber("max_entries_limit_per_query"u8, options.MaxEntriesLimit);
        writer.WriteBoolean("max_line_size_truncate"u8, false);
        writer.WriteString("max_query_bytes_read"u8, "0B"u8);
        writer.WriteString("max_query_length"u8, LogQlDurations.FormatPrometheus(Go.GoTime.ToNanoseconds(options.MaxQueryLength)));
        writer.WriteString("max_query_lookback"u8, "0s"u8);
        writer.WriteString("max_query_range"u8, "0s"u8);
        writer.WriteNumber("max_query_series"u8, options.MaxQuerySeries);
        writer.WriteBoolean("metric_aggregation_enabled"u8, false);
        writer.WriteStartObject("otlp_config"u8);
        writer.WriteStartObject("resource_attributes"u8);
        writer.WriteStartArray("attributes_config"u8);
        writer.WriteStartObject();
        writer.WriteString("action"u8, "index_label"u8);
        Texts("attributes", OtlpConverter.IndexedAttributes);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteBoolean("pattern_persistence_enabled"u8, false);
        writer.WriteString("query_timeout"u8, LogQlDurations.FormatPrometheus(Go.GoTime.ToNanoseconds(options.QueryTimeout)));
        writer.WriteString("retention_period"u8, "0s"u8);
        writer.WriteBoolean("volume_enabled"u8, true);
        writer.WriteNumber("volume_max_series"u8, 1000);
        writer.WriteEndObject();
        writer.WriteBoolean("pattern_ingester_enabled"u8, false);
        writer.WriteString("version"u8, BuildInfo.Version);
        writer.WriteEndObject();

        void Texts(string name, IEnumerable<string> values)
        {
            writer.WriteStartArray(name);
            foreach (var value in values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
    });

    public static async Task PatternsAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        LogQlParser.Parse(form["query"]);
        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, "success"u8);
            writer.WriteStartArray("data"u8);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
