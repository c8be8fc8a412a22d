using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Observability.Embedded.EmbeddedCollector.Export;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Receivers;

/// <summary><c>POST /v1/logs</c>: OTLP over HTTP, in protobuf or JSON, answered in the same.</summary>
internal sealed class OtlpHttpEndpoint(CollectorPipeline pipeline, EmbeddedCollectorOptions options)
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    // google.rpc.Code
    private const int InvalidArgument = 3;
    private const int Unavailable = 14;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(HttpContext context)
    {
        var type = context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        var asJson = type == Json;
        try
        {
            if (type is not (Protobuf or Json))
            {
                throw new OtlpFormatException(
                    StatusCodes.Status415UnsupportedMediaType, $"Content-Type is '{type}': it must be {Protobuf} or {Json}");
            }

            var body = await OtlpBody.ReadAsync(context.Request, options.MaxRequestBytes);
            var answer = await pipeline.ExportAsync(asJson ? OtlpJson.Parse(body.Span) : Parse(body));
            if (answer.Response is { } response)
            {
                await WriteAsync(context, asJson, asJson ? OtlpJson.Format(response) : response.ToByteArray());
                return;
            }

            context.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            await WriteStatusAsync(context, asJson, StatusCodes.Status503ServiceUnavailable, Unavailable, answer.Reason);
        }
        catch (OtlpFormatException exception)
        {
            await WriteStatusAsync(context, asJson, exception.StatusCode, InvalidArgument, exception.Message);
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The sender has left: there is nobody to answer.
        }
    }

    private static ExportLogsServiceRequest Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return OtlpProtobuf.Parse(new ReadOnlySequence<byte>(body));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new OtlpFormatException(
                StatusCodes.Status400BadRequest, $"the body is no ExportLogsServiceRequest in protobuf: {exception.Message}");
        }
    }

    // google.rpc.Status, as the specification asks for: its field 1 is the code, 2 the message.
    private static Task WriteStatusAsync(HttpContext context, bool asJson, int statusCode, int code, string message)
    {
        context.Response.StatusCode = statusCode;
        if (asJson)
            return WriteAsync(context, asJson, JsonSerializer.SerializeToUtf8Bytes(new { code, message }));
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteRawTag(0x08);
            output.WriteInt32(code);
            output.WriteRawTag(0x12);
            output.WriteString(message);
        }

        return WriteAsync(context, asJson, buffer.ToArray());
    }

    private static Task WriteAsync(HttpContext context, bool asJson, byte[] body)
    {
        context.Response.ContentType = asJson ? Json : Protobuf;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
