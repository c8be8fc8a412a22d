using System.Net.Http.Json;
using System.Text.Json;

namespace Observability.AppHost.Tests.Running;

/// <summary>The stack in containers. Its parts are what is tested here, so each test leaves it as it found it.</summary>
public sealed class ContainerRunTests(ContainerRun stack) : IClassFixture<ContainerRun>
{
    [Fact]
    public async Task Ten_thousand_lines_arrive_in_Loki_exactly_once()
    {
        ContainerRuntimeRequirement.Check(stack.Missing);
        await VerifyAsync();
    }

    [Theory]
    [InlineData("prometheus")]
    [InlineData("loki")]
    public async Task Grafana_reaches_each_data_source(string uid)
    {
        ContainerRuntimeRequirement.Check(stack.Missing);
        await stack.App.ResourceNotifications.WaitForResourceHealthyAsync("grafana", TestContext.Current.CancellationToken);
        using var client = stack.App.CreateHttpClient("grafana");
        var health = await client.GetFromJsonAsync<JsonElement>($"/api/datasources/uid/{uid}/health",
            TestContext.Current.CancellationToken);
        Assert.Equal("OK", health.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Every_target_of_Prometheus_is_up()
    {
        ContainerRuntimeRequirement.Check(stack.Missing);
        await stack.App.ResourceNotifications.WaitForResourceHealthyAsync("grafana", TestContext.Current.CancellationToken);
        using var client = stack.App.CreateHttpClient("prometheus");

        // A target is "unknown" until its first scrape, at most one interval after the start.
        JsonElement[] targets;
        do
        {
            var answer = await client.GetFromJsonAsync<JsonElement>("/api/v1/targets?state=active", TestContext.Current.CancellationToken);
            targets = [.. answer.GetProperty("data").GetProperty("activeTargets").EnumerateArray()];
        }
        while (targets.Length == 0 || targets.Any(target => target.GetProperty("health").GetString() == "unknown"));

        Assert.All(targets, target => Assert.Equal("up", target.GetProperty("health").GetString()));
        Assert.Equal(
            ["alloy", "forwarder", "grafana", "log-generator", "loki", "prometheus"],
            targets.Select(target => target.GetProperty("labels").GetProperty("job").GetString()).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("loki")]
    public async Task A_restart_loses_nothing(string resource)
    {
        ContainerRuntimeRequirement.Check(stack.Missing);
        var verification = VerifyAsync();
        var restart = await stack.ExecuteAsync(resource, KnownResourceCommands.RestartCommand);
        if (!restart.Success)
        {
            // Aspire calls a stop failed that takes longer than some 20 s, though it goes on.
            await stack.App.ResourceNotifications.WaitForResourceAsync(resource, KnownResourceStates.Exited,
                TestContext.Current.CancellationToken);
            restart = await stack.ExecuteAsync(resource, KnownResourceCommands.StartCommand);
        }

        Assert.True(restart.Success, restart.Message);
        await verification;
    }

    private async Task VerifyAsync()
    {
        var result = await stack.ExecuteAsync("log-generator", "verify");
        Assert.True(result.Success, result.Message + result.Data?.Value);
    }
}
