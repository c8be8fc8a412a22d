using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Observability.ServiceDefaults.Http;

/// <summary>
/// Keeps a web page that somebody visits from using a tool that runs on the same machine: no reading through a name that its owner lets
/// point
/// to 127.0.0.1 (DNS rebinding), no change of state and no web socket from another origin. Programs send no <c>Origin</c> and notice
/// nothing.
/// And whatever goes wrong, a client is told no more than that: the stack trace is for the log.
/// </summary>
/// <param name="next">What handles a request that is let through.</param>
/// <param name="configuration">
/// Two settings open it on purpose. <c>AllowedHosts</c>: names, separated by semicolons, or <c>*</c>, by which the listener may be called
/// (ASP.NET Core's own setting, which then takes over). <c>AllowedOrigins</c>: origins such as <c>https://grafana.example</c>, likewise.
/// </param>
/// <param name="logger">Told of exceptions.</param>
public sealed partial class RequestGuard(RequestDelegate next, IConfiguration configuration, ILogger<RequestGuard> logger)
{
    /// <summary>Name of the setting that lists the origins that are let through.</summary>
    public const string AllowedOriginsKey = "AllowedOrigins";

    /// <summary>Name of ASP.NET Core's setting that lists the hosts that are let through.</summary>
    public const string AllowedHostsKey = "AllowedHosts";

    private readonly bool _checksHosts = string.IsNullOrEmpty(configuration[AllowedHostsKey]);

    private readonly string[] _origins =
        configuration[AllowedOriginsKey]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (Refusal(context) is var (status, reason))
        {
            await AnswerAsync(context, status, reason);
            return;
        }

        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, exception.StatusCode, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !context.Response.HasStarted)
        {
            LogFailed(exception, context.Request.Method, context.Request.Path);
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, "internal error: see the log of the service");
        }
    }

    private (int Status, string Reason)? Refusal(HttpContext context)
    {
        var request = context.Request;
        // A listener that was opened to other machines is called by the names that those have for it.
        if (_checksHosts && IsLoopback(context.Connection.LocalIpAddress) && IsPublicName(request.Host.Host))
            return (StatusCodes.Status400BadRequest,
                $"'{request.Host}' is no name of this machine: to open this port on purpose, set {AllowedHostsKey}");
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        var isSocket = request.Headers.Upgrade.Any(protocol => string.Equals(protocol, "websocket", StringComparison.OrdinalIgnoreCase));
        if ((changes || isSocket) && IsForeign(request))
            return (StatusCodes.Status403Forbidden,
                $"a page of {Name(request)} may not use this port: to allow it on purpose, set {AllowedOriginsKey}");
        return null;
    }

    private bool IsForeign(HttpRequest request)
    {
        if (_origins.Contains("*"))
            return false;
        var origin = request.Headers.Origin;
        if (StringValues.IsNullOrEmpty(origin))
            return request.Headers["Sec-Fetch-Site"].Any(site => string.Equals(site, "cross-site", StringComparison.OrdinalIgnoreCase));
        return !origin.All(value => _origins.Contains(value, StringComparer.OrdinalIgnoreCase)
            || (Uri.TryCreate(value, UriKind.Absolute, out var uri)
                && string.Equals(uri.Authority, Authority(request.Host, uri.Scheme), StringComparison.OrdinalIgnoreCase)));
    }

    private static string Name(HttpRequest request) =>
        StringValues.IsNullOrEmpty(request.Headers.Origin) ? "another site" : $"'{request.Headers.Origin}'";

    /// <summary>The host without the port that the scheme has anyway, as <see cref="Uri.Authority"/> has it.</summary>
    private static string Authority(HostString host, string scheme) =>
        Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var uri) ? uri.Authority : host.ToString();

    /// <summary>
    /// Whether somebody could own the name in public DNS: one with a dot that is neither an address nor of a kind that stays inside. The
    /// names
    /// by which containers call their host end with <c>.internal</c>.
    /// </summary>
    private static bool IsPublicName(string host)
    {
        host = host.TrimEnd('.');
        return host.Contains('.') && !IPAddress.TryParse(host.Trim('[', ']'), out _)
            && !host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
                && !host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);
    }

    // Without an address it is a test's server, which has no listener.
    private static bool IsLoopback(IPAddress? address) => address is null || IPAddress.IsLoopback(address);

    private static Task AnswerAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, PathString path);
}
