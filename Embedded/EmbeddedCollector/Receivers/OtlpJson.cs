using System.Text;
using Google.Protobuf;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Receivers;

/// <summary>
/// OTLP's JSON: protobuf's, but with identifiers of traces and spans in hexadecimal (OTLP specification, "JSON Protobuf Encoding").
/// </summary>
internal static class OtlpJson
{
    private const int TraceIdBytes = 16;
    private const int SpanIdBytes = 8;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);

    /// <exception cref="OtlpFormatException">It is no OTLP.</exception>
    public static ExportLogsServiceRequest Parse(ReadOnlySpan<byte> json)
    {
        ExportLogsServiceRequest request;
        try
        {
            MessageCount.CheckJson(json, OtlpProtobuf.MaxRecords);
            request = Parser.Parse<ExportLogsServiceRequest>(Encoding.UTF8.GetString(json));
        }
        catch (Exception exception)
            when (exception is InvalidProtocolBufferException or InvalidJsonException or FormatException or InvalidOperationException)
        {
            throw new OtlpFormatException(
                StatusCodes.Status400BadRequest, $"the body is no ExportLogsServiceRequest in JSON: {exception.Message}");
        }
        catch (PushFormatException exception)
        {
            throw new OtlpFormatException(exception.StatusCode, OtlpProtobuf.TooMany);
        }

        foreach (var record in request.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords))
        {
            record.TraceId = FromHex(record.TraceId, TraceIdBytes, "traceId");
            record.SpanId = FromHex(record.SpanId, SpanIdBytes, "spanId");
        }

        return request;
    }

    public static byte[] Format(IMessage message) => Encoding.UTF8.GetBytes(Formatter.Format(message));

    // Protobuf's reader took the digits for base64, whose alphabet has them all: back to the digits, and then to what they mean.
    private static ByteString FromHex(ByteString misread, int length, string field)
    {
        if (misread.IsEmpty)
            return misread;
        var digits = misread.ToBase64();
        try
        {
            var bytes = Convert.FromHexString(digits);
            if (bytes.Length == length)
                return ByteString.CopyFrom(bytes);
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new OtlpFormatException(
            StatusCodes.Status400BadRequest, $"{field} is '{digits}': it must be {2 * length} hexadecimal digits");
    }
}
