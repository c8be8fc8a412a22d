using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Observability.AppHost.Tests.Running;

/// <summary>The stack without a container runtime, started by Aspire's own orchestrator.</summary>
public sealed partial class EmbeddedRunTests(EmbeddedRun stack) : IClassFixture<EmbeddedRun>
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

    private async Task<JsonElement> StateAsync()
    {
        using var client = stack.App.CreateHttpClient("log-generator");
        return await client.GetFromJsonAsync<JsonElement>("/generator", TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("""forwarder_stored_lines_total\{[^}]*topic="alloy-logs"[^}]*\} [1-9]""")]
    private static partial Regex StoredFromAlloy();
}
