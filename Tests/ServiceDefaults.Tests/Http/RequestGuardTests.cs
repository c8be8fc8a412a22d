using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Observability.ServiceDefaults.Http;

namespace Observability.ServiceDefaults.Tests.Http;

public sealed class RequestGuardTests
{
    [Theory]
    // Programs: no origin.
    [InlineData("POST", "127.0.0.1:3100", null, null, null, 200)]
    [InlineData("GET", "localhost:3100", null, null, null, 200)]
    [InlineData("PUT", "[::1]:3100", null, null, null, 200)]
    // The page of the program itself.
    [InlineData("POST", "localhost:3100", "http://localhost:3100", "same-origin", null, 200)]
    [InlineData("GET", "127.0.0.1:3100", "http://127.0.0.1:3100", "same-origin", "websocket", 200)]
    [InlineData("POST", "LOCALHOST", "http://localhost", null, null, 200)]
    // Names that nobody else can own.
    [InlineData("GET", "host.docker.internal:3100", null, null, null, 200)]
    [InlineData("GET", "loki:3100", null, null, null, 200)]
    [InlineData("GET", "page.localhost", null, null, null, 200)]
    // Another page: it may follow a link, and see nothing; it may change nothing and listen to nothing.
    [InlineData("GET", "localhost:3100", "https://evil.example", "cross-site", null, 200)]
    [InlineData("POST", "localhost:3100", "https://evil.example", "cross-site", null, 403)]
    [InlineData("POST", "localhost:3100", "null", "cross-site", null, 403)]
    [InlineData("POST", "localhost:3100", "http://localhost:3000", "same-site", null, 403)]
    [InlineData("PUT", "localhost:3100", null, "cross-site", null, 403)]
    [InlineData("DELETE", "localhost:3100", "https://localhost:3100.evil.example", null, null, 403)]
    [InlineData("GET", "localhost:3100", "https://evil.example", "cross-site", "WebSocket", 403)]
    // A name whose owner lets it point here.
    [InlineData("GET", "evil.example:3100", null, null, null, 400)]
    [InlineData("GET", "127.0.0.1.evil.example", "http://127.0.0.1.evil.example", "same-origin", "websocket", 400)]
    [InlineData("GET", "evil.example.", null, null, null, 400)]
    public async Task A_page_of_somebody_else_cannot_use_a_local_port(string method, string host, string? origin, string? site,
        string? upgrade, int status)
    {
        var context = Request(method, host, origin, site, upgrade, IPAddress.Loopback);
        await Guard().InvokeAsync(context);
        Assert.Equal((status, "nosniff"), (context.Response.StatusCode, context.Response.Headers.XContentTypeOptions.ToString()));
    }

    [Theory]
    [InlineData("*", null)]
    [InlineData("evil.example", "https://grafana.example;https://evil.example")]
    [InlineData("evil.example", "*")]
    public async Task Settings_open_it_on_purpose(string hosts, string? origins)
    {
        var context = Request("POST", "evil.example", origins is null ? null : "https://evil.example", null, null, IPAddress.Loopback);
        await Guard(hosts, origins).InvokeAsync(context);
        Assert.Equal(200, context.Response.StatusCode);
    }

    [Fact]
    public async Task A_listener_for_other_machines_is_called_by_their_names_for_it()
    {
        var context = Request("GET", "forwarder.observability.svc.cluster.local", null, null, null, IPAddress.Parse("10.1.2.3"));
        await Guard().InvokeAsync(context);
        Assert.Equal(200, context.Response.StatusCode);
    }

    [Fact]
    public async Task A_client_sees_no_stack_trace()
    {
        var context = Request("GET", "localhost", null, null, null, IPAddress.Loopback);
        using var body = new MemoryStream();
        context.Response.Body = body;
        await Guard(next: _ => throw new InvalidOperationException("secret")).InvokeAsync(context);
        Assert.Equal((500, "internal error: see the log of the service\n"),
            (context.Response.StatusCode, System.Text.Encoding.UTF8.GetString(body.ToArray())));
    }

    [Fact]
    public async Task A_bad_request_keeps_its_status_and_reason()
    {
        var context = Request("PUT", "localhost", null, null, null, IPAddress.Loopback);
        await Guard(next: _ => throw new BadHttpRequestException("no", 413)).InvokeAsync(context);
        Assert.Equal(413, context.Response.StatusCode);
    }

    private static RequestGuard Guard(string? hosts = null, string? origins = null, RequestDelegate? next = null) => new(
        next ?? (_ => Task.CompletedTask),
        new ConfigurationBuilder().AddInMemoryCollection(
            [new(RequestGuard.AllowedHostsKey, hosts), new(RequestGuard.AllowedOriginsKey, origins)]).Build(),
        NullLogger<RequestGuard>.Instance);

    private static DefaultHttpContext Request(string method, string host, string? origin, string? site, string? upgrade, IPAddress local)
    {
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = local;
        context.Request.Method = method;
        context.Request.Host = new(host);
        if (origin is not null)
            context.Request.Headers.Origin = origin;
        if (site is not null)
            context.Request.Headers["Sec-Fetch-Site"] = site;
        if (upgrade is not null)
            context.Request.Headers.Upgrade = upgrade;
        return context;
    }
}
