using Microsoft.Extensions.Primitives;
using Observability.Embedded.EmbeddedLoki.Errors;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>The parameters of a request: from the query string and, since Grafana posts long queries, from the form.</summary>
internal sealed class RequestForm
{
    private readonly IQueryCollection _query;
    private readonly IFormCollection? _form;

    private RequestForm(IQueryCollection query, IFormCollection? form) => (_query, _form) = (query, form);

    public string this[string name] => All(name) is [{ } first, ..] ? first : "";

    /// <summary>The first value of a header that may have come more than once; empty for none.</summary>
    public static string First(StringValues header) => header is [{ } first, ..] ? first : "";

    public static async Task<RequestForm> ReadAsync(HttpRequest request)
    {
        try
        {
            return new(request.Query, request.HasFormContentType ? await request.ReadFormAsync(request.HttpContext.RequestAborted) : null);
        }
        catch (InvalidDataException exception)
        {
            throw new LokiException(exception.Message);
        }
    }

    /// <summary>Values of the form come before those of the query string, as in Go.</summary>
    public StringValues All(string name) => StringValues.Concat(_form?[name] ?? StringValues.Empty, _query[name]);
}
