using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Ingest;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>What Loki's own push and OTLP's have in common: how each way to fail is answered.</summary>
internal static class PushResponder
{
    /// <param name="context">The request.</param>
    /// <param name="push">Stores what the request carries.</param>
    /// <param name="writeError">Writes any answer but 204, in the protocol's form.</param>
    public static async Task WriteAsync(HttpContext context, Func<HttpRequest, Task<PushResult>> push, Func<PushResult, Task> writeError)
    {
        PushResult result;
        try
        {
            result = await push(context.Request);
        }
        catch (PushFormatException exception)
        {
            result = new(exception.StatusCode, exception.Message);
        }
        catch (LokiException exception)
        {
            result = new(exception.StatusCode, exception.Message);
        }

        context.Response.StatusCode = result.StatusCode;
        if (result.StatusCode != StatusCodes.Status204NoContent)
            await writeError(result);
    }
}
