using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Observability.AllInOne.Tests.Page;

[Collection(nameof(PageGroup))]
public sealed partial class PageTests(RunningPage running) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => running.CloseAsync();

    [Theory(Timeout = 120_000)]
    [InlineData(1280)]
    [InlineData(800)]
    [InlineData(390)]
    public async Task A_lines_message_and_the_text_of_charts_can_be_read(int width)
    {
        var page = await running.OpenShopAsync(width);

        Assert.Equal(
            "[]",
            await page.EvaluateAsync<string>(
                """
                message => JSON.stringify([...document.querySelectorAll("#query-result .message")]
                  .filter(line => {
                    const seen = line.getBoundingClientRect();
                    return line.textContent !== message || line.scrollWidth > line.clientWidth || line.scrollHeight > line.clientHeight + 1
                      || seen.left < 0 || seen.right > innerWidth;
                  }).map(line => line.textContent))
                """,
                RunningPage.Message));
        var texts = await page.EvaluateAsync<double[]>(
            """
            () => [...document.querySelectorAll(".chart text")].map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)
            """);
        Assert.All(texts, pixels => Assert.InRange(pixels, 11.5, 20));
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Levels_differ_by_colour_and_by_word(ColorScheme scheme)
    {
        var page = await running.OpenShopAsync(scheme: scheme);

        var shown = await page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll("#query-result .level")].map(level =>
              `${level.textContent}|${getComputedStyle(level).backgroundColor}|${getComputedStyle(level).color}`)
            """);
        Assert.Equal(["–", "debug", "info", "warn", "error", "fatal"], shown.Select(text => text.Split('|')[0]));
        var bars = await page.EvaluateAsync<int[][]>(
            """
            () => ["unknown", "debug", "info", "warn", "error", "fatal"].map(level =>
              getComputedStyle(document.querySelector(`#query-result .legend .level-${level}`)).color.match(/\d+/g).slice(0, 3).map(Number))
            """);
        // Far apart for the eye: 40 is about the distance between pink and red.
        for (var i = 0; i < bars.Length; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.True(Distance(bars[i], bars[j]) > 40, $"levels {i} and {j} look alike");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_line_opens_with_a_click_or_Enter_and_shows_fields_labels_metadata_and_JSON()
    {
        var page = await running.OpenShopAsync();
        var lines = page.Locator("#query-result summary");

        await lines.First.ClickAsync();
        await lines.First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#query-result .opened")).ToHaveCountAsync(2);
        var opened = page.Locator("#query-result .opened").Last;
        await Expect(Table(opened, "Fields")).ToContainTextAsync("basket.items3");
        await Expect(Table(opened, "Labels")).ToContainTextAsync("leveldebug");
        await Expect(Table(opened, "Structured metadata")).ToContainTextAsync("podshop-1");
        await Expect(opened.Locator("pre")).ToContainTextAsync("  \"basket\": {\n    \"items\": 3\n  }");

        await opened.GetByRole(AriaRole.Button, new() { Name = "Only lines with basket.items = 3" }).ClickAsync();
        await Expect(page.Locator("#query")).ToHaveValueAsync("{service=\"shop\"} | json | basket_items=\"3\"");
        await Expect(page.Locator("#query-state")).ToContainTextAsync("6 lines");
    }

    [Fact(Timeout = 120_000)]
    public async Task From_a_line_one_comes_to_all_lines_of_its_trace_and_back()
    {
        var page = await running.OpenShopAsync();

        await page.Locator("#query-result summary").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "All lines of trace" }).ClickAsync();

        await Expect(page.Locator("#query-state")).ToContainTextAsync("3 lines of 3 streams");
        await Expect(page.Locator("#query-result .service")).ToHaveTextAsync(["shop", "warehouse", "shop"]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Back" }).ClickAsync();
        await Expect(page.Locator("#query-state")).ToContainTextAsync("6 lines");
        await Expect(page.Locator("#query")).ToHaveValueAsync("{service=\"shop\"}");
    }

    [Fact(Timeout = 120_000)]
    public async Task Dragging_over_the_chart_chooses_a_time_that_the_address_has_for_others()
    {
        var page = await running.OpenShopAsync();
        var chart = (await page.Locator("#query-result .chart").BoundingBoxAsync())!;

        await page.Mouse.MoveAsync(chart.X + (chart.Width / 2), chart.Y + 90);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(chart.X + (chart.Width / 2) + 100, chart.Y + 60);
        await page.Mouse.UpAsync();

        await Expect(page.Locator("#query-state")).ToHaveTextAsync("no lines in this time");
        await Expect(page.Locator("#range")).ToHaveValueAsync("custom");
        Assert.Matches(@"\?query=.*&from=20.*&to=20", page.Url);
        var other = await running.OpenAsync(page.Url);
        await Expect(other.Locator("#query-state")).ToHaveTextAsync("no lines in this time");
        Assert.Equal(page.Url, other.Url);
        Assert.Equal(await page.Locator("#from").InputValueAsync(), await other.Locator("#from").InputValueAsync());

        await page.GoBackAsync();
        await Expect(page.Locator("#query-state")).ToContainTextAsync("6 lines");
        await Expect(page.Locator("#range")).ToHaveValueAsync("3600");
    }

    [Fact(Timeout = 120_000)]
    public async Task The_query_box_completes_labels_and_values_and_keeps_queries_of_before()
    {
        var page = await running.OpenAsync();
        var box = page.Locator("#query");
        var options = page.Locator("#query-suggestions [role=option]");

        await box.FillAsync("");
        await box.PressSequentiallyAsync("{serv");
        await Expect(options).ToHaveTextAsync(["service label", "service_name label"]);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(options.Filter(new() { HasText = "warehouse value" })).ToHaveCountAsync(1);
        await box.PressSequentiallyAsync("ware");
        await Expect(options).ToHaveTextAsync(["warehouse value"]);
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Tab");
        await Expect(box).ToHaveValueAsync("{service=\"warehouse\"");
        await box.PressSequentiallyAsync("} | basket");
        await Expect(options).ToHaveTextAsync(["basket_items field"]);
        await page.Keyboard.PressAsync("Escape");
        await box.FillAsync("{service=\"warehouse\"}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#query-state")).ToContainTextAsync("1 line ");

        await page.ReloadAsync();
        await page.Locator("#query-history").ClickAsync();
        await Expect(options).ToHaveTextAsync(["{service=\"warehouse\"} before"]);
        await page.Keyboard.PressAsync("Escape");
        await box.FillAsync("ware");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(box).ToHaveValueAsync("{service=\"warehouse\"}");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_paused_tail_says_how_many_lines_it_did_not_show()
    {
        var page = await running.OpenAsync();
        var state = page.Locator("#tail-state");
        await page.Locator("#tail-query").FillAsync("{service=\"tailed\"}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(state).ToHaveTextAsync("waiting for lines");
        await WriteAsync(1);
        await Expect(page.Locator("#tail-lines .message")).ToHaveTextAsync(["number 1"]);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await WriteAsync(2);
        await WriteAsync(3);
        await Expect(state).ToHaveTextAsync("paused: 2 lines since, not shown");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await WriteAsync(4);

        await Expect(page.Locator("#tail-lines > li").First).ToContainTextAsync("number 4");
        await Expect(page.Locator("#tail-lines .gap")).ToContainTextAsync("2 lines came while the tail was paused and are not shown here.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show them" }).ClickAsync();
        // Two lines of one millisecond are in the order in which they came.
        await Expect(page.Locator("#query-result .message")).ToHaveCountAsync(2);
        Assert.Equal(["number 2", "number 3"], (await page.Locator("#query-result .message").AllTextContentsAsync()).Order());

        Task WriteAsync(int number) =>
            running.WriteAsync("tailed", "info", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), message: $"number {number}");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_metric_query_in_the_tail_is_told_that_a_tail_wants_a_log_query()
    {
        var page = await running.OpenAsync();

        await page.Locator("#tail-query").FillAsync("rate({service=\"shop\"}[1m])");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#tail-state")).ToContainTextAsync("A tail follows lines, and this is a metric query");
        await page.GetByRole(AriaRole.Button, new() { Name = "run it as a query" }).ClickAsync();
        await Expect(page.Locator("#query")).ToHaveValueAsync("rate({service=\"shop\"}[1m])");
    }

    [Fact(Timeout = 120_000)]
    public async Task Loki_is_away_for_a_while_and_the_page_says_what_came_of_it()
    {
        var page = await running.OpenAsync();
        var state = page.Locator("#fault-state");

        await page.Locator("#fault-seconds").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Loki away" }).ClickAsync();

        await Expect(state).ToContainTextAsync("Loki is away");
        await Expect(state).ToContainTextAsync("✓ All is caught up with, and nothing is missing", new() { Timeout = 60_000 });
        Assert.Matches(Repeated, await state.TextContentAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Axe_finds_nothing_serious(int width, ColorScheme scheme)
    {
        var page = await running.OpenShopAsync(width, scheme);
        await page.Locator("#query-result summary").First.ClickAsync();
        await page.Locator("#tail-lines summary").First.ClickAsync();
        await page.Locator("#query").FillAsync("{");
        await page.Keyboard.PressAsync("Control+Space");
        await page.Locator("#query-suggestions [role=option]").First.WaitForAsync();

        var found = await page.RunAxe();

        Assert.NotEmpty(found.Passes);
        Assert.Empty(found.Violations.Where(rule => rule.Impact is "serious" or "critical")
            .Select(rule => $"{rule.Id}: {string.Join(", ", rule.Nodes.Select(node => node.Html))}"));
    }

    private static ILocator Table(ILocator opened, string caption) =>
        opened.Locator("table", new() { Has = opened.Page.GetByText(caption, new() { Exact = true }) });

    // CIE76 in L*a*b*.
    private static double Distance(int[] one, int[] other) =>
        Math.Sqrt(Lab(one).Zip(Lab(other), static (a, b) => (a - b) * (a - b)).Sum());

    private static double[] Lab(int[] rgb)
    {
        var linear = rgb.Select(static c => c / 255.0)
            .Select(static c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)).ToArray();
        var x = F(((0.4124 * linear[0]) + (0.3576 * linear[1]) + (0.1805 * linear[2])) / 0.9505);
        var y = F((0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]));
        var z = F(((0.0193 * linear[0]) + (0.1192 * linear[1]) + (0.9505 * linear[2])) / 1.089);
        return [(116 * y) - 16, 500 * (x - y), 200 * (y - z)];

        static double F(double t) => t > 0.008856 ? Math.Cbrt(t) : (7.787 * t) + (16.0 / 116);
    }

    [GeneratedRegex(@"[1-9]\d* push(es)? repeated")]
    private static partial Regex Repeated { get; }
}
