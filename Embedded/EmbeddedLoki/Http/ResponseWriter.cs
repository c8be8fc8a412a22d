using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>Loki's answers (pkg/util/marshal, v3.7.6).</summary>
internal static class ResponseWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static async Task ErrorAsync(HttpContext context, int statusCode, string message, bool lineEnd = false)
    {
        if (context.Response.HasStarted)
            return;
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(lineEnd ? message + "\n" : message, context.RequestAborted);
    }

    public static async Task JsonAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        await using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        buffer.Write("\n"u8);
        context.Response.ContentType = "application/json; charset=UTF-8";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    /// <summary>JSON text of a streams list, for a tail message.</summary>
    public static ReadOnlyMemory<byte> ToJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        return buffer.WrittenMemory;
    }

    /// <summary><c>{"status":"success","data":{"resultType":…,"result":…,"stats":…}}</c></summary>
    public static void Query(
        Utf8JsonWriter writer, string resultType, bool categorize, QueryStatistics statistics, TimeSpan elapsed,
        Action<Utf8JsonWriter> result)
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, "success"u8);
        writer.WriteStartObject("data"u8);
        writer.WriteString("resultType"u8, resultType);
        if (categorize)
            EncodingFlags(writer);
        writer.WritePropertyName("result"u8);
        result(writer);
        Statistics(writer, statistics, elapsed);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void EncodingFlags(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("encodingFlags"u8);
        writer.WriteStringValue("categorize-labels"u8);
        writer.WriteEndArray();
    }

    /// <summary>Lines grouped by their labels: groups in the order of the labels, lines in the order of the query.</summary>
    public static void Streams(Utf8JsonWriter writer, IEnumerable<ResultEntry> entries, bool categorize)
    {
        writer.WriteStartArray();
        foreach (var stream in entries.GroupBy(e => e.Stream).OrderBy(g => g.Key))
        {
            writer.WriteStartObject();
            Labels(writer, "stream", stream.Key.Pairs);
            writer.WriteStartArray("values"u8);
            foreach (var entry in stream)
                Entry(writer, entry, categorize);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void Labels(Utf8JsonWriter writer, string property, ReadOnlySpan<KeyValuePair<string, string>> labels)
    {
        writer.WriteStartObject(property);
        foreach (var (name, value) in labels)
            writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    /// <summary><c>[1700000000.123,"42"]</c>; the time in milliseconds.</summary>
    public static void Point(Utf8JsonWriter writer, long milliseconds, double value)
    {
        writer.WriteStartArray();
        writer.WriteRawValue(Seconds(milliseconds), skipInputValidation: true);
        writer.WriteStringValue(GoFloat.FormatPlain(value));
        writer.WriteEndArray();
    }

    private static void Entry(Utf8JsonWriter writer, ResultEntry entry, bool categorize)
    {
        Span<byte> time = stackalloc byte[20];
        entry.Timestamp.TryFormat(time, out var length, provider: CultureInfo.InvariantCulture);
        writer.WriteStartArray();
        writer.WriteStringValue(time[..length]);
        writer.WriteStringValue(entry.Text.Span);
        if (categorize)
        {
            writer.WriteStartObject();
            if (entry.Metadata.Length > 0)
                Labels(writer, "structuredMetadata", entry.Metadata);
            if (entry.Parsed.Length > 0)
                Labels(writer, "parsed", entry.Parsed);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Seconds(long milliseconds)
    {
        var fraction = Math.Abs(milliseconds % 1000);
        var text = new StringBuilder();
        if (milliseconds < 0)
            text.Append('-');
        text.Append(CultureInfo.InvariantCulture, $"{Math.Abs(milliseconds / 1000)}");
        // Prometheus writes all three digits, or none.
        return fraction == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $".{fraction:D3}").ToString();
    }

    private static void Statistics(Utf8JsonWriter writer, QueryStatistics statistics, TimeSpan elapsed)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-6);
        writer.WriteStartObject("stats"u8);
        writer.WriteStartObject("summary"u8);
        writer.WriteNumber("bytesProcessedPerSecond"u8, (long)(statistics.Bytes / seconds));
        writer.WriteNumber("linesProcessedPerSecond"u8, (long)(statistics.Lines / seconds));
        writer.WriteNumber("totalBytesProcessed"u8, statistics.Bytes);
        writer.WriteNumber("totalLinesProcessed"u8, statistics.Lines);
        writer.WriteNumber("execTime"u8, elapsed.TotalSeconds);
        writer.WriteNumber("queueTime"u8, 0);
        writer.WriteNumber("subqueries"u8, 0);
        writer.WriteNumber("totalEntriesReturned"u8, statistics.Entries);
        writer.WriteNumber("splits"u8, 0);
        writer.WriteNumber("shards"u8, 0);
        writer.WriteNumber("totalPostFilterLines"u8, statistics.Entries);
        writer.WriteNumber("totalStructuredMetadataBytesProcessed"u8, 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
