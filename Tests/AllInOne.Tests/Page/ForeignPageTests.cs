using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Observability.AllInOne.Tests.Page;

/// <summary>What a page of somebody else's, open in the same browser, can do with AllInOne's port: nothing.</summary>
[Collection(nameof(PageGroup))]
public sealed class ForeignPageTests(RunningPage running) : IAsyncDisposable
{
    // Whether the socket opened.
    private const string OpenTail =
        """
        host => new Promise(done => {
          const socket = new WebSocket(`ws://${host}/loki/api/v1/tail?query=${encodeURIComponent('{namespace="known"}')}`);
          socket.onopen = () => done(true);
          socket.onclose = () => done(false);
        })
        """;

    public ValueTask DisposeAsync() => running.CloseAsync();

    [Theory(Timeout = 120_000)]
    // Another origin of the same site, and another site.
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task It_can_neither_open_the_tail_nor_change_anything(string name)
    {
        Chromium.SkipWithout();
        await using var foreign = await StartForeignAsync();
        var address = new Uri(foreign.Urls.Single());
        var page = await running.OpenAsync($"http://{name}:{address.Port}/");
        var target = running.Running.Application.Address;

        Assert.False(await page.EvaluateAsync<bool>(OpenTail, target.Authority));
        await PostAsync(page, new Uri(target, "/generator/stop"));
        await PostAsync(page, new Uri(target, "/faults/loki-outage"));
        await PostAsync(
            page,
            new Uri(target, "/loki/api/v1/push"),
            """{"streams":[{"stream":{"service":"forged"},"values":[["NOW","forged"]]}]}""".Replace(
                "NOW", $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}000000", StringComparison.Ordinal));

        var client = running.Running.Client;
        var ct = TestContext.Current.CancellationToken;
        Assert.True(JsonElement.Parse(await client.GetStringAsync("/generator", ct)).GetProperty("running").GetBoolean());
        Assert.Equal(
            JsonValueKind.Null, JsonElement.Parse(await client.GetStringAsync("/faults/loki-outage", ct)).GetProperty("active").ValueKind);
        Assert.DoesNotContain("forged", await client.GetStringAsync("/loki/api/v1/label/service/values", ct), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Its_own_page_can_do_both()
    {
        var page = await running.OpenAsync();
        var target = running.Running.Application.Address;

        Assert.True(await page.EvaluateAsync<bool>(OpenTail, target.Authority));
        Assert.Equal(200, await page.EvaluateAsync<int>("async () => (await fetch('/faults/loki-slow', { method: 'DELETE' })).status"));
    }

    // As a page can without being asked whether it may: the answer stays hidden from it, and the request is sent.
    private static async Task PostAsync(IPage page, Uri address, string body = "") => await page.EvaluateAsync(
        """
        ([address, body]) => fetch(address, { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" }, body }).catch(() => null)
        """,
        new[] { address.ToString(), body });

    private static async Task<WebApplication> StartForeignAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", () => Results.Content("<!doctype html><title>foreign</title>", "text/html"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
