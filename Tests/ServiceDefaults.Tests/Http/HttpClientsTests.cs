using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Http;

public sealed class HttpClientsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Tenant_and_login_go_with_every_request_and_a_password_file_is_read_again()
    {
        await using var server = await StartAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "old\n", Token);
        using var client = HttpClients.Create(new HttpAccess { Tenant = "team-a", Username = "me", PasswordFile = file });

        Assert.Equal("team-a Basic bWU6b2xk", await client.GetStringAsync(server.Urls.Single(), Token));
        await File.WriteAllTextAsync(file, "new", Token);
        Assert.Equal("team-a Basic bWU6bmV3", await client.GetStringAsync(server.Urls.Single(), Token));
        File.Delete(file);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_login_in_the_URL_is_one_and_is_never_shown()
    {
        await using var server = await StartAsync();
        using var client = HttpClients.Create();
        var url = server.Urls.Single().Replace("//", "//me:secret@", StringComparison.Ordinal);

        Assert.Equal(" Basic bWU6c2VjcmV0", await client.GetStringAsync(url, Token));
        Assert.Equal(server.Urls.Single() + "/", Urls.WithoutLogin(new Uri(url)).ToString());
        Assert.Equal("GET http://***@host/ failed", Urls.WithoutLogin("GET http://me:secret@host/ failed"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        await using var server = await StartAsync();
        using var client = HttpClients.Create(new HttpAccess { BearerToken = "token" });

        using var response = await client.GetAsync(new Uri(new Uri(server.Urls.Single()), "moved"), Token);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_loopback_is_reached_without_the_proxy_and_an_error_of_any_other_target_names_it()
    {
        var proxy = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy("http://me:secret@127.0.0.1:1");
        try
        {
            await using var server = await StartAsync();
            using var client = HttpClients.Create();
            Assert.Equal(" ", await client.GetStringAsync(server.Urls.Single(), Token));

            var target = new Uri("http://loki.example/");
            var exception = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(target, Token));
            Assert.EndsWith("(through the proxy http://127.0.0.1:1/)", HttpClients.Explain(exception, target), StringComparison.Ordinal);
        }
        finally
        {
            HttpClient.DefaultProxy = proxy;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_without_an_end_is_read_up_to_a_bound()
    {
        await using var server = await StartAsync();
        using var client = HttpClients.Create();
        using var response = await client.GetAsync(new Uri(new Uri(server.Urls.Single()), "endless"),
            HttpCompletionOption.ResponseHeadersRead, Token);

        Assert.Equal(new string('x', 1_000), await response.Content.ReadTextAsync(1_000, Token));
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", (HttpContext context) =>
            $"{context.Request.Headers[HttpAccess.TenantHeader]} {context.Request.Headers.Authorization}");
        app.MapGet("/moved", () => Results.Redirect("/"));
        app.MapGet("/endless", async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string('x', 4_096), context.RequestAborted);
        });
        await app.StartAsync(Token);
        return app;
    }
}
