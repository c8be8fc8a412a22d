using System.Net.Mime;
using Microsoft.Net.Http.Headers;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.Embedded.EmbeddedLoki.Limits;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary><c>POST /loki/api/v1/push</c> (pkg/distributor/http.go, pkg/loghttp/push/push.go, v3.7.6).</summary>
internal sealed class PushEndpoint(Distributor distributor, EmbeddedLokiOptions options)
{
    public Task HandleAsync(HttpContext context) => PushResponder.WriteAsync(
        context, PushAsync, result => ResponseWriter.ErrorAsync(context, result.StatusCode, result.Error, lineEnd: true));

    private async Task<PushResult> PushAsync(HttpRequest request)
    {
        // A header that came twice counts as the first of them, as in Go: npm's clients send this one so.
        var header = RequestForm.First(request.Headers.ContentType);
        if (!MediaTypeHeaderValue.TryParse(header, out var type))
            throw new LokiException(string.IsNullOrEmpty(header) ? "mime: no media type" : "mime: invalid media type");
        using var body = await PushBody.ReadAsync(request, options);
        if (type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase))
            return distributor.Push(JsonPushDecoder.Decode(body.Span, options.MaxPushEntries));
        // Anything else is protobuf in a snappy block, whatever the header calls it.
        body.DecompressSnappy(options);
        return distributor.Push(ProtobufPushDecoder.Decode(body.Bytes, body.Length, options.MaxPushEntries));
    }
}
