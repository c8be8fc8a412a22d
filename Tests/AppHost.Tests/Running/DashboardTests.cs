using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Observability.AppHost.Tests.Running;

/// <summary>What a newcomer does in the dashboard of a stack without containers, in a real browser.</summary>
[Collection(EmbeddedRunTurns.Name)]
public sealed class DashboardTests(EmbeddedRun stack, DashboardBrowser browser) : IClassFixture<DashboardBrowser>
{
    [Fact(Timeout = 300_000)]
    public async Task The_graph_has_the_five_names_of_the_picture_and_all_are_healthy()
    {
        var page = await browser.OpenAsync(stack);

        await page.GetByText("Graph", new() { Exact = true }).First.ClickAsync();

        foreach (var name in new[] { "log-generator", "alloy", "kafka", "forwarder", "loki" })
        {
            var title = page.Locator(".resource-name title", new() { HasTextRegex = Is(name) });
            var node = page.Locator(".resource-group", new() { Has = title });
            // It would be "Running (Unhealthy)".
            await Expect(node.Locator(".resource-status-path title")).ToHaveTextAsync("Running", Patience());
        }

        await page.CloseAsync();
    }

    [Fact(Timeout = 300_000)]
    public async Task Verify_through_alloy_is_a_tick_in_its_row_and_shows_its_report()
    {
        var page = await browser.OpenAsync(stack);

        await Row(page, "alloy").GetByRole(AriaRole.Button, new() { NameRegex = new Regex("through the collector") }).ClickAsync();
        await RunAsync(page, "Verify", ("How many lines are sent and read back.", "2000"));

        await Expect(page.GetByText("Passed: 2,000 of 2,000 lines stored, 0 missing, 0 shown twice").First).ToBeVisibleAsync(Visible());
        await Expect(page.GetByText("/v1/logs").First).ToBeVisibleAsync(Visible());
        await page.CloseAsync();
    }

    [Fact(Timeout = 300_000)]
    public async Task An_outage_of_loki_is_a_command_of_its_menu_and_its_report_says_that_nothing_is_missing()
    {
        var page = await browser.OpenAsync(stack);

        await Row(page, "loki").GetByRole(AriaRole.Button).Last.ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Commands" }).Last.HoverAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Outage" }).Last.ClickAsync();
        await RunAsync(page, "Outage", ("How long it lasts.", "5"), ("How many numbered lines are sent meanwhile.", "1000"));

        var verdict = page.GetByText(new Regex(@"Passed: loki was away for \d+ s: 1,000 of 1,000 lines stored, 0 missing, 0 shown twice"));
        await Expect(verdict.First).ToBeVisibleAsync(Visible());
        await Expect(page.GetByText("pushes sent again").First).ToBeVisibleAsync(Visible());
        await page.CloseAsync();
    }

    private static ILocator Row(IPage page, string resource) => page.Locator(
        "tr", new() { Has = page.Locator(".resource-name-text", new() { HasTextRegex = Is(resource) }) });

    private static Regex Is(string name) => new($@"^\s*{Regex.Escape(name)}\s*$");

    // Answers the questions of a command, and starts it.
    private static async Task RunAsync(IPage page, string command, params (string Question, string Answer)[] answers)
    {
        var dialog = page.Locator("#interactions-input-dialog");
        foreach (var (question, answer) in answers)
            await dialog.GetByLabel(question).Locator("input").FillAsync(answer);
        await dialog.Locator(".interaction-dialog-actions fluent-button", new() { HasText = command }).ClickAsync();
    }

    private static LocatorAssertionsToHaveTextOptions Patience() => new() { Timeout = DashboardBrowser.PatienceMilliseconds };

    private static LocatorAssertionsToBeVisibleOptions Visible() => new() { Timeout = DashboardBrowser.PatienceMilliseconds };
}
