using Microsoft.Playwright;

namespace Observability.AppHost.Tests.Running;

/// <summary>A browser for the tests of the dashboard; none where the machine has none.</summary>
public sealed class DashboardBrowser : IAsyncLifetime
{
    /// <summary>What a busy machine may take: a health check every 30 s, a verification, the page itself.</summary>
    public const int PatienceMilliseconds = 120_000;

    private Chromium? _chromium;

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Executable is not null)
            _chromium = await Chromium.StartAsync();
    }

    /// <summary>Opens the dashboard as its link does, logged in.</summary>
    /// <param name="stack">The stack.</param>
    public async Task<IPage> OpenAsync(StackRun stack)
    {
        Chromium.SkipWithout();
        var page = await _chromium!.Browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        page.SetDefaultTimeout(PatienceMilliseconds);
        await page.GotoAsync((await stack.App.GetDashboardUrlAsync(TestContext.Current.CancellationToken)).ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();
    }
}
