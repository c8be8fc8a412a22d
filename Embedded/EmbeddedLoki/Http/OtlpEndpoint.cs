using System.Text;
using Google.Protobuf;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary><c>POST /otlp/v1/logs</c>: OTLP over HTTP, protobuf or JSON (pkg/loghttp/push/otlp.go, v3.7.6).</summary>
internal sealed class OtlpEndpoint(Distributor distributor, EmbeddedLokiOptions options, TimeProvider time)
{
    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public Task HandleAsync(HttpContext context) => PushResponder.WriteAsync(context, PushAsync, async result =>
    {
        // OTLP wants a google.rpc.Status: its field 2 is the message.
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteRawTag(0x12);
            output.WriteString(result.Error);
        }

        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(buffer.ToArray(), context.RequestAborted);
    });

    private async Task<PushResult> PushAsync(HttpRequest request)
    {
        var type = RequestForm.First(request.Headers.ContentType).Split(';')[0].Trim();
        if (type is not ("application/x-protobuf" or "application/json"))
            throw new LokiException($"content type: {RequestForm.First(request.Headers.ContentType)} is not supported");
        using var body = await PushBody.ReadOtlpAsync(request, options);
        ExportLogsServiceRequest export;
        try
        {
            if (type == "application/json")
            {
                MessageCount.CheckJson(body.Span, options.MaxPushEntries);
                export = Json.Parse<ExportLogsServiceRequest>(Encoding.UTF8.GetString(body.Span));
            }
            else
            {
                MessageCount.Check(ExportLogsServiceRequest.Descriptor, body.Span, options.MaxPushEntries);
                export = ExportLogsServiceRequest.Parser.ParseFrom(body.Bytes, 0, body.Length);
            }
        }
        catch (Exception exception) when (
            exception is InvalidProtocolBufferException or InvalidJsonException or FormatException or InvalidOperationException)
        {
            throw new LokiException(exception.Message);
        }

        return distributor.Push(OtlpConverter.Convert(export, time.GetUtcNow(), options.MaxDecompressedBytes));
    }
}
