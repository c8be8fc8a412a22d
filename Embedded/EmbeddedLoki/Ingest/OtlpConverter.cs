using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// OTLP to streams, as Loki's default configuration has it (pkg/loghttp/push/otlp.go, otlp_config.go, v3.7.6): certain resource attributes
/// become labels, all else structured metadata.
/// </summary>
internal static class OtlpConverter
{
    /// <summary>The resource attributes that become labels.</summary>
    public static readonly string[] IndexedAttributes =
    [
        "service.name", "service.namespace", "service.instance.id", "deployment.environment", "deployment.environment.name", "cloud.region",
        "cloud.availability_zone", "k8s.cluster.name", "k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "container.name",
        "k8s.replicaset.name", "k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.cronjob.name", "k8s.job.name",
    ];

    private static readonly HashSet<string> Indexed = new(IndexedAttributes, StringComparer.Ordinal);

    /// <summary>What a pair of structured metadata takes beside its text, about.</summary>
    private const int PairOverhead = 16;

    /// <param name="export">The request.</param>
    /// <param name="now">The time of records that have none.</param>
    /// <param name="maxMetadata">
    /// Most bytes of structured metadata, what records share counted for each of them: a resource with many attributes and many
    /// records would else take the product.
    /// </param>
    /// <exception cref="PushFormatException">There is more.</exception>
    public static PushBatch Convert(ExportLogsServiceRequest export, DateTimeOffset now, long maxMetadata)
    {
        var left = maxMetadata;
        var batch = new PushBatch();
        var lines = new ArrayBufferWriter<byte>(4096);
        foreach (var resource in export.ResourceLogs)
        {
            var labels = new List<KeyValuePair<string, string>>();
            var shared = new List<KeyValuePair<string, string>>();
            foreach (var attribute in resource.Resource?.Attributes ?? [])
                Flatten(attribute.Key, attribute.Value, Indexed.Contains(attribute.Key) ? labels : shared);
            foreach (var scope in resource.ScopeLogs)
            {
                var metadata = new List<KeyValuePair<string, string>>(shared);
                AddScope(scope.Scope, metadata);
                var size = Size(metadata);
                foreach (var record in scope.LogRecords)
                {
                    if ((left -= size) < 0)
                        throw PushFormatException.TooLarge("structured metadata", maxMetadata);
                    AddRecord(batch, lines, record, metadata, now);
                }
            }

            batch.AddStream(ServiceNameLabel.AddTo(LabelSet.From(labels)).ToString());
        }

        batch.Lines = lines.WrittenMemory;
        return batch;
    }

    private static long Size(List<KeyValuePair<string, string>> pairs) =>
        pairs.Sum(pair => (long)pair.Key.Length + pair.Value.Length + PairOverhead);

    private static void AddScope(InstrumentationScope? scope, List<KeyValuePair<string, string>> metadata)
    {
        if (scope is null)
            return;
        foreach (var attribute in scope.Attributes)
            Flatten(attribute.Key, attribute.Value, metadata);
        if (scope.Name.Length > 0)
            metadata.Add(KeyValuePair.Create("scope_name", scope.Name));
        if (scope.Version.Length > 0)
            metadata.Add(KeyValuePair.Create("scope_version", scope.Version));
        if (scope.DroppedAttributesCount > 0)
            metadata.Add(
                KeyValuePair.Create("scope_dropped_attributes_count", scope.DroppedAttributesCount.ToString(CultureInfo.InvariantCulture)));
    }

    private static void AddRecord(
        PushBatch batch, ArrayBufferWriter<byte> lines, LogRecord record, List<KeyValuePair<string, string>> shared, DateTimeOffset now)
    {
        var own = new List<KeyValuePair<string, string>>();
        foreach (var attribute in record.Attributes)
            Flatten(attribute.Key, attribute.Value, own);
        if (record.DroppedAttributesCount > 0)
            own.Add(KeyValuePair.Create("dropped_attributes_count", record.DroppedAttributesCount.ToString(CultureInfo.InvariantCulture)));
        if (record.SeverityNumber != 0)
            own.Add(KeyValuePair.Create("severity_number", record.SeverityNumber.ToString(CultureInfo.InvariantCulture)));
        if (record.SeverityText.Length > 0)
            own.Add(KeyValuePair.Create("severity_text", record.SeverityText));
        // Without a time of its own the record has this one as its time already.
        if (record.TimeUnixNano != 0 && record.ObservedTimeUnixNano != 0)
            own.Add(KeyValuePair.Create("observed_timestamp", record.ObservedTimeUnixNano.ToString(CultureInfo.InvariantCulture)));
        if (Identifier(record.TraceId, 16) is { Length: > 0 } traceId)
            own.Add(KeyValuePair.Create("trace_id", traceId));
        if (Identifier(record.SpanId, 8) is { Length: > 0 } spanId)
            own.Add(KeyValuePair.Create("span_id", spanId));
        if (record.Flags != 0)
            own.Add(KeyValuePair.Create("flags", record.Flags.ToString(CultureInfo.InvariantCulture)));
        if (record.EventName.Length > 0)
            own.Add(KeyValuePair.Create("event_name", record.EventName));

        var text = Text(record.Body);
        var start = lines.WrittenCount;
        var length = Encoding.UTF8.GetBytes(text, lines.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        lines.Advance(length);
        foreach (var (name, value) in own.Concat(shared))
        {
            if (name.Length > 0)
                batch.AddPair(name, value);
        }

        var time = record.TimeUnixNano != 0 ? record.TimeUnixNano
            : record.ObservedTimeUnixNano != 0 ? record.ObservedTimeUnixNano
            : (ulong)GoTime.ToNanoseconds(now);
        batch.AddEntry((long)Math.Min(time, long.MaxValue), start, length);
    }

    /// <summary>
    /// OTLP's JSON has identifiers in hex, which a protobuf JSON reader takes for base64: what it made of them is turned back.
    /// </summary>
    private static string Identifier(ByteString bytes, int length) => bytes.Length == 0 ? ""
        : bytes.Length == length ? System.Convert.ToHexStringLower(bytes.Span)
        : bytes.ToBase64();

    private static void Flatten(string key, AnyValue? value, List<KeyValuePair<string, string>> pairs)
    {
        if (value?.ValueCase == AnyValue.ValueOneofCase.KvlistValue)
        {
            foreach (var inner in value.KvlistValue.Values)
                Flatten($"{key}_{inner.Key}", inner.Value, pairs);
        }
        else
        {
            pairs.Add(KeyValuePair.Create(LabelName.Normalize(key), Text(value)));
        }
    }

    private static string Text(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.ArrayValue => JsonSerializer.Serialize(value.ArrayValue.Values.Select(Plain)),
        AnyValue.ValueOneofCase.KvlistValue => JsonSerializer.Serialize(Plain(value)),
        _ => "",
    };

    private static object? Plain(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => double.IsFinite(value.DoubleValue) ? value.DoubleValue : Text(value),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.ArrayValue => value.ArrayValue.Values.Select(Plain).ToList(),
        AnyValue.ValueOneofCase.KvlistValue =>
            value.KvlistValue.Values.GroupBy(v => v.Key).ToDictionary(g => g.Key, g => Plain(g.Last().Value)),
        _ => null,
    };
}
