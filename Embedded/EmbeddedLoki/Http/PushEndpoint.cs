using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Observability.Embedded.EmbeddedLoki.Ingest;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary><c>POST /loki/api/v1/push</c> (pkg/distributor/http.go, pkg/loghttp/push/push.go, v3.7.6).</summary>
internal sealed class PushEndpoint(Distributor distributor, EmbeddedLokiOptions options)
{
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

        if (result.StatusCode == StatusCodes.Status204NoContent)
            context.Response.StatusCode = result.StatusCode;
        else
            await ResponseWriter.ErrorAsync(context, result.StatusCode, result.Error, lineEnd: true);
    }

    private async Task<PushResult> PushAsync(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            throw new LokiException(string.IsNullOrEmpty(request.ContentType) ? "mime: no media type" : "mime: invalid media type");
        using var body = await PushBody.ReadAsync(request, options);
        if (type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase))
            return distributor.Push(JsonPushDecoder.Decode(body.Span));
        // Anything else is protobuf in a snappy block, whatever the header calls it.
        body.DecompressSnappy(options);
        return distributor.Push(ProtobufPushDecoder.Decode(body.Bytes, body.Length));
    }
}
