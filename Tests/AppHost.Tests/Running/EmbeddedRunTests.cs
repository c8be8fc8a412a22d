using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Observability.AppHost.Tests.Running;

/// <summary>The stack without a container runtime, started by Aspire's own orchestrator.</summary>
[Collection(EmbeddedRunTurns.Name)]
public sealed partial class EmbeddedRunTests(EmbeddedRun stack)
{
    [Fact]
    public async Task Ten_thousand_lines_arrive_exactly_once()
    {
        var result = await stack.ExecuteAsync("log-generator", "verify");
        Assert.True(result.Success, result.Message + result.Data?.Value);
        Assert.Equal("10,000 of 10,000 lines stored, 0 missing, 0 shown twice", result.Message);
    }

    [Theory]
    [InlineData("error-storm", "error-storm")]
    [InlineData("malformed", "malformed")]
    [InlineData("steady", "steady")]
    public async Task A_command_changes_the_pattern(string command, string pattern)
    {
        Assert.True((await stack.ExecuteAsync("log-generator", command)).Success);
        Assert.Equal(pattern, (await StateAsync()).GetProperty("pattern").GetString());
    }

    [Fact]
    public async Task A_burst_multiplies_the_rate_by_ten()
    {
        Assert.True((await stack.ExecuteAsync("log-generator", "burst")).Success);
        Assert.Equal(10, (await StateAsync()).GetProperty("burst").GetProperty("factor").GetDouble());
    }

    [Fact]
    public async Task Dead_letters_are_replayed_by_the_Forwarders_own_command()
    {
        var result = await stack.ExecuteAsync("forwarder", "replay-dead-letters");
        Assert.True(result.Success, result.Message + result.Data?.Value);
        Assert.Contains("dead letters replayed", result.Data?.Value, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_arrive_through_the_collector_too()
    {
        var ct = TestContext.Current.CancellationToken;
        // The generator's lines go there from its start: the metric grows, or the test's time limit ends the wait.
        using var forwarder = stack.App.CreateHttpClient("forwarder");
        string metrics;
        do
        {
            metrics = await forwarder.GetStringAsync("/metrics", ct);
        }
        while (!StoredFromAlloy().IsMatch(metrics));
    }

    [Fact]
    public async Task The_dashboard_opens_with_its_token()
    {
        using var client = new HttpClient();
        var answer = await client.GetAsync(await stack.App.GetDashboardUrlAsync(TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
        Assert.DoesNotContain("/login", answer.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task The_lines_of_a_service_of_ones_own_are_found_by_query()
    {
        using var loki = stack.App.CreateHttpClient("loki");
        var streams = await UntilAsync(
            loki, "/loki/api/v1/query_range?query={service=\"shop\"}", data => data.GetProperty("result"), _ => true);
        var stream = Assert.Single(streams);
        Assert.Equal("info", stream.GetProperty("stream").GetProperty("level").GetString());
        Assert.Equal("Order 1 accepted", Assert.Single(stream.GetProperty("values").EnumerateArray())[1].GetString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_target_of_Prometheus_is_up_and_its_rules_are_those_of_the_containers()
    {
        using var prometheus = await PrometheusAsync();

        // A target is "unknown" until its first scrape, and "down" until the next one when it was just starting.
        var targets = await UntilAsync(
            prometheus, "/api/v1/targets?state=active", data => data.GetProperty("activeTargets"),
            targets => targets.All(target => target.GetProperty("health").GetString() is "up"));
        Assert.All(targets, target => Assert.True(target.GetProperty("health").GetString() is "up", target.ToString()));
        Assert.Equal(
            ["alloy", "forwarder", "kafka", "log-generator", "loki", "prometheus"],
            targets.Select(target => target.GetProperty("labels").GetProperty("job").GetString()).Order(StringComparer.Ordinal));

        var rules = await prometheus.GetFromJsonAsync<JsonElement>("/api/v1/rules", TestContext.Current.CancellationToken);
        var groups = rules.GetProperty("data").GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal(
            ["pipeline-alerts", "pipeline-recording"],
            groups.Select(group => group.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
        Assert.All(
            groups.SelectMany(group => group.GetProperty("rules").EnumerateArray()),
            rule => Assert.True(rule.GetProperty("health").GetString() is not "err", rule.ToString()));
    }

    [Fact(Timeout = 180_000)]
    public async Task An_alert_names_the_part_that_was_stopped()
    {
        using var prometheus = await PrometheusAsync();
        Assert.True((await stack.ExecuteAsync("log-generator", KnownResourceCommands.StopCommand)).Success);
        try
        {
            // Pending at the first evaluation after the first scrape that fails; it fires two minutes later.
            await UntilAsync(
                prometheus, "/api/v1/alerts", data => data.GetProperty("alerts"),
                alerts => alerts.Any(alert => alert.GetProperty("labels") is var labels
                    && labels.GetProperty("alertname").GetString() is "ScrapeTargetDown"
                    && labels.GetProperty("instance").GetString() is "log-generator"));
        }
        finally
        {
            Assert.True((await stack.ExecuteAsync("log-generator", KnownResourceCommands.StartCommand)).Success);
            await stack.App.ResourceNotifications.WaitForResourceHealthyAsync("log-generator", TestContext.Current.CancellationToken);
        }
    }

    private async Task<HttpClient> PrometheusAsync()
    {
        Assert.SkipUnless(EmbeddedRun.HasPrometheus, "no prometheus on the PATH");
        await stack.App.ResourceNotifications.WaitForResourceHealthyAsync("prometheus", TestContext.Current.CancellationToken);
        return stack.App.CreateHttpClient("prometheus");
    }

    // Asks until the answer is as it should be; the test's time limit ends the wait.
    private static async Task<IReadOnlyList<JsonElement>> UntilAsync(
        HttpClient client, string path, Func<JsonElement, JsonElement> part, Func<IReadOnlyList<JsonElement>, bool> isEnough)
    {
        while (true)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
            var items = part(answer.GetProperty("data")).EnumerateArray().ToList();
            if (items.Count > 0 && isEnough(items))
                return items;
            await Task.Delay(250, TestContext.Current.CancellationToken);
        }
    }

    private async Task<JsonElement> StateAsync()
    {
        using var client = stack.App.CreateHttpClient("log-generator");
        return await client.GetFromJsonAsync<JsonElement>("/generator", TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("""forwarder_stored_lines_total\{[^}]*topic="alloy-logs"[^}]*\} [1-9]""")]
    private static partial Regex StoredFromAlloy();
}
