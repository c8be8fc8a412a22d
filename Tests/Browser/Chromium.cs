using Microsoft.Playwright;

namespace Observability.Tests;

/// <summary>
/// The machine's own Chromium or Chrome, without a window. Linked by the test projects that look at web pages. Nothing is downloaded: where
/// no browser is on the PATH, those tests are skipped and say so.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private readonly IPlaywright _playwright;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, Browser) = (playwright, browser);

    /// <summary>The browser.</summary>
    public IBrowser Browser { get; }

    /// <summary>Where it is; null where there is none.</summary>
    public static string? Executable { get; } = (
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        from name in Names
        select Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name)).FirstOrDefault(File.Exists);

    /// <summary>Skips the running test where there is no browser.</summary>
    public static void SkipWithout() => Assert.SkipWhen(
        Executable is null, $"None of {string.Join(", ", Names)} is on the PATH, so no page is looked at (apt-get install chromium).");

    /// <summary>Starts it.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        try
        {
            return new(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Headless = true }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.CloseAsync();
        _playwright.Dispose();
    }
}
