using Google.Protobuf;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary><c>POST /otlp/v1/logs</c>: OTLP over HTTP, protobuf or JSON (pkg/loghttp/push/otlp.go, v3.7.6).</summary>
internal sealed class OtlpEndpoint(Distributor distributor, EmbeddedLokiOptions options)
{
    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public async Task HandleAsync(HttpContext context)
    {
        PushResult result;
        try
        {
            result = await PushAsync(context.Request);
        }
        catch (PushFormatException exception)
        {
            result = new(StatusCodes.Status400BadRequest, exception.Message);
        }
        catch (LokiException exception)
        {
            result = new(exception.StatusCode, exception.Message);
        }

        context.Response.StatusCode = result.StatusCode;
        if (result.StatusCode == StatusCodes.Status204NoContent)
            return;
        // OTLP wants a google.rpc.Status: its field 2 is the message.
        var text = System.Text.Encoding.UTF8.GetBytes(result.Error);
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteRawTag(0x12);
            output.WriteBytes(ByteString.CopyFrom(text));
        }

        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(buffer.ToArray(), context.RequestAborted);
    }

    private async Task<PushResult> PushAsync(HttpRequest request)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        if (type is not ("application/x-protobuf" or "application/json"))
            throw new LokiException($"content type: {request.ContentType} is not supported");
        using var body = await PushBody.ReadAsync(request, options);
        ExportLogsServiceRequest export;
        try
        {
            export = type == "application/json"
                ? Json.Parse<ExportLogsServiceRequest>(System.Text.Encoding.UTF8.GetString(body.Span))
                : ExportLogsServiceRequest.Parser.ParseFrom(body.Bytes, 0, body.Length);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or FormatException or InvalidOperationException)
        {
            throw new LokiException(exception.Message);
        }

        var batch = OtlpConverter.Convert(export);
        // Loki answers an empty export with success.
        return batch.EntryCount == 0 ? PushResult.Accepted : distributor.Push(batch);
    }
}
