using System.Net;
using System.Text.Json;

namespace Observability.AllInOne.Tests.Host;

public sealed class FaultTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_stop_ends_the_outages_and_every_line_arrives()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "500");
        var monitor = running.Application.Flow;
        await running.FlowAsync(flow => flow.Stored.Total > 0, ct);

        await BeginAsync(running, "loki-outage?seconds=3600");
        await running.FlowAsync(flow => flow.Retries > 0, ct);
        await BeginAsync(running, "kafka-outage?seconds=3600");

        Assert.Equal(0, await running.StopAsync());
        var end = monitor.Latest;
        Assert.Equal(end.Generated.Total, end.Stored.Total);
        Assert.Contains("missing 0", running.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Lines_whose_answers_were_lost_are_stored_once()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "500");
        var monitor = running.Application.Flow;
        await BeginAsync(running, "loki-lose-answers?pushes=3");
        await running.FlowAsync(flow => flow.Retries > 0, ct);
        await running.FlowAsync(flow => flow.Deduplicated > 0, ct);

        Assert.Equal(0, await running.StopAsync());
        var end = monitor.Latest;
        Assert.Equal(end.Generated.Total, end.Stored.Total);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_page_and_the_API_are_there_while_the_store_is_not()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "100");
        await BeginAsync(running, "loki-outage");

        Assert.Equal(HttpStatusCode.OK, (await running.Client.GetAsync("/", ct)).StatusCode);
        using var health = await running.Client.GetAsync("/health", ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Contains("faults: Unhealthy (loki-outage, for", await health.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => running.Client.GetAsync("/loki/api/v1/labels", ct));
        using var ended = await running.Client.DeleteAsync("/faults/loki-outage", ct);
        Assert.Equal(HttpStatusCode.OK, (await running.Client.GetAsync("/loki/api/v1/labels", ct)).StatusCode);

        var faults = JsonElement.Parse(await running.Client.GetStringAsync("/faults", ct));
        Assert.Equal(
            ["kafka-outage", "loki-limit", "loki-lose-answers", "loki-outage", "loki-slow"],
            faults.EnumerateArray().Select(fault => fault.GetProperty("name").GetString()).Order(StringComparer.Ordinal));
    }

    private static async Task BeginAsync(RunningAllInOne running, string request)
    {
        var ct = TestContext.Current.CancellationToken;
        using var answer = await running.Client.PostAsync($"/faults/{request}", null, ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(ct));
    }
}
