using System.Text.Json;
using System.Text.Json.Serialization;

namespace Observability.LogGenerator.Control;

/// <summary>
/// Every answer of the control API that is not a success has a problem (RFC 9457) that says what is wrong with the request.
/// </summary>
internal static partial class ControlProblems
{
    public static void AddControlProblems(this IServiceCollection services)
    {
        services.AddProblemDetails();

        // A mistyped field would be a change that is silently not made.
        services.ConfigureHttpJsonOptions(
            options => options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseControlProblems(this WebApplication app, IReadOnlyCollection<string> prefixes)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ControlProblems).FullName!);
        app.Use(async (context, next) =>
        {
            var isControl = prefixes.Any(prefix => context.Request.Path.StartsWithSegments(prefix, StringComparison.Ordinal));
            try
            {
                await next(context);
                if (isControl && context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                    await AnswerAsync(context, context.Response.StatusCode, Explain(context));
            }
            catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
            {
                if (isControl)
                    await AnswerAsync(context, exception.StatusCode, Explain(exception));
                else
                    context.Response.StatusCode = exception.StatusCode;
            }
#pragma warning disable CA1031 // Whatever it is: the client is told nothing of it but that it is not the client's fault, and the log is told all.
            catch (Exception exception) when (isControl && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(logger, exception, context.Request.Method, context.Request.Path);
                await AnswerAsync(context, StatusCodes.Status500InternalServerError, "The request failed; the service's log says why.");
            }
        });
    }

    private static Task AnswerAsync(HttpContext context, int status,
        string detail) => TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);

    private static string Explain(BadHttpRequestException exception) => exception.InnerException is JsonException json
        ? $"The body cannot be read{(json.Path is { Length: > 1 } path ? $" at {path[2..]}" : "")}: {json.Message.Split(" Path:")[0]}"
        : exception.Message;

    private static string Explain(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}; /openapi/v1.json describes what there is.",
        StatusCodes.Status405MethodNotAllowed =>
            $"{context.Request.Path} does not take {context.Request.Method}; /openapi/v1.json describes what it takes.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be JSON: send it with 'Content-Type: application/json'.",
        var status => $"The request was answered with {status}.",
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method, string path);
}
