using System.Text.Json;
using Microsoft.Playwright;
using Observability.AllInOne.Tests.Host;

namespace Observability.AllInOne.Tests.Page;

/// <summary>AllInOne with lines of a shop that the tests know, among generated ones, and a browser to look at its page.</summary>
public sealed class RunningPage : IAsyncLifetime
{
    /// <summary>What each of the shop's lines says first.</summary>
    public const string Message = "Basket could not be charged, the customer was told to try it once more";

    /// <summary>The trace of two of the shop's lines, and of one of the warehouse's.</summary>
    public const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private Chromium? _chromium;
    private RunningAllInOne? _running;

    internal RunningAllInOne Running => _running!;

    /// <summary>When the newest of the known lines was written, in milliseconds since 1970.</summary>
    public long Newest { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Executable is null)
            return;
        var starting = Chromium.StartAsync();
        _running = await RunningAllInOne.StartAsync(CancellationToken.None, "--rate", "50");
        Newest = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        string[] levels = ["", "debug", "info", "warn", "error", "fatal"];
        for (var i = 0; i < levels.Length; i++)
            await WriteAsync("shop", levels[i], Newest - (1000 * i), i < 2 ? TraceId : null);
        await WriteAsync("warehouse", "info", Newest - 500, TraceId);
        _chromium = await starting;
        Assertions.SetDefaultExpectTimeout(20_000);
    }

    /// <summary>Opens the page as somebody does who was never there.</summary>
    /// <param name="path">What follows the address.</param>
    /// <param name="width">Width of the window, in pixels.</param>
    /// <param name="scheme">Whether it is light or dark.</param>
    public async Task<IPage> OpenAsync(string path = "", int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        Chromium.SkipWithout();
        var context = await _chromium!.Browser.NewContextAsync(new()
        {
            BaseURL = Running.Application.Address.ToString(),
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 900 },
            Permissions = ["clipboard-read", "clipboard-write"],
            // axe is put into the page, whose policy lets nothing in.
            BypassCSP = true,
        });
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => TestContext.Current.AddWarning($"The page failed: {error}");
        await page.GotoAsync(path);
        return page;
    }

    /// <summary>Opens the page at the shop's lines.</summary>
    public async Task<IPage> OpenShopAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await OpenAsync($"?query={Uri.EscapeDataString("{service=\"shop\"}")}&last=3600", width, scheme);
        await Assertions.Expect(page.Locator("#query-state")).ToContainTextAsync("6 lines of 6 streams");
        await page.Locator("#query-result .chart text").First.WaitForAsync();
        return page;
    }

    /// <summary>Writes a line of a service straight into the store.</summary>
    public async Task WriteAsync(string service, string level, long milliseconds, string? traceId = null, string message = Message)
    {
        var stream = new Dictionary<string, string> { ["namespace"] = "known", ["service"] = service };
        if (level.Length > 0)
            stream["level"] = level;
        var line = JsonSerializer.Serialize(new { timestamp = milliseconds, message, basket = new { items = 3 }, trace_id = traceId ?? "" });
        object[] value = [$"{milliseconds}000000", line, new Dictionary<string, string> { ["pod"] = $"{service}-1" }];
        using var body = new StringContent(
            JsonSerializer.Serialize(new { streams = new[] { new { stream, values = new[] { value } } } }), null, "application/json");
        using var answer = await Running.Client.PostAsync("/loki/api/v1/push", body);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Closes all pages: each has a tail, and the store has so many and no more.</summary>
    public async ValueTask CloseAsync()
    {
        if (_chromium is null)
            return;
        foreach (var context in _chromium.Browser.Contexts.ToList())
            await context.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
        if (_running is not null)
            await _running.DisposeAsync();
    }
}
