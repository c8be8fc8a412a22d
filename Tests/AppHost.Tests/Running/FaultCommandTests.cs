using System.Net.Http.Json;
using System.Text.Json;

namespace Observability.AppHost.Tests.Running;

/// <summary>What goes wrong on purpose in a stack without containers, by the commands of its parts.</summary>
[Collection(EmbeddedRunTurns.Name)]
public sealed class FaultCommandTests(EmbeddedRun stack)
{
    [Theory(Timeout = 180_000)]
    [InlineData("kafka", "outage", "kafka was away for ", "")]
    [InlineData("loki", "outage", "loki was away for ", "requests that met the fault")]
    [InlineData("loki", "slow", "loki was slow for ", "requests that met the fault")]
    [InlineData("loki", "limit", "loki limited the rate for ", "lines that met the fault")]
    [InlineData("loki", "lose-answers", "loki lost answers for ", "answers that met the fault | 10 |")]
    [InlineData("forwarder", "kill", "forwarder was killed and away for 3 s", "healthy after its start")]
    public async Task A_fault_loses_nothing_and_says_what_it_did(string resource, string command, string happened, string figure)
    {
        var result = await stack.ExecuteAsync(resource, command, ("seconds", 3), ("lines", 1_000));

        var report = result.Message + result.Data?.Value;
        Assert.True(result.Success, report);
        Assert.StartsWith(happened, result.Message, StringComparison.Ordinal);
        Assert.EndsWith(": 1,000 of 1,000 lines stored, 0 missing, 0 shown twice", result.Message, StringComparison.Ordinal);
        Assert.Contains(figure, report, StringComparison.Ordinal);
        Assert.Contains("| pushes sent again | ", report, StringComparison.Ordinal);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("kafka", "| sent to | Kafka's topic test-logs |")]
    [InlineData("alloy", "/v1/logs |")]
    public async Task A_verification_goes_by_the_way_on_which_it_is_asked_for(string resource, string target)
    {
        var result = await stack.ExecuteAsync(resource, "verify", ("lines", 2_000));
        Assert.True(result.Success, result.Message + result.Data?.Value);
        Assert.Contains(target, result.Data!.Value, StringComparison.Ordinal);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("loki", "outage", "seconds", 0, "seconds is '0': it must be a whole number from 1 to 3600")]
    [InlineData("loki", "limit", "rate", 1, "rate is '1': it must be a whole number from 100 to 1000000000")]
    public async Task A_part_says_itself_what_is_wrong_with_an_argument(
        string resource, string command, string argument, int value, string message)
    {
        var result = await stack.ExecuteAsync(resource, command, (argument, value));
        Assert.Equal((false, message), (result.Success, result.Message));
    }

    [Theory(Timeout = 180_000)]
    [InlineData("kafka", "outage", "kafka-outage")]
    [InlineData("loki", "outage", "loki-outage")]
    [InlineData("loki", "slow", "loki-slow")]
    [InlineData("loki", "limit", "loki-limit")]
    [InlineData("loki", "lose-answers", "loki-lose-answers")]
    public async Task A_command_takes_what_its_fault_takes_with_the_same_defaults(string resource, string command, string fault)
    {
        using var client = stack.App.CreateHttpClient(resource, "http");
        var known = await client.GetFromJsonAsync<JsonElement>($"/faults/{fault}", TestContext.Current.CancellationToken);
        var parameters = known.GetProperty("parameters").EnumerateArray()
            .Select(parameter => $"{parameter.GetProperty("name")}={parameter.GetProperty("default")}");
        var inputs = stack.CommandOf(resource, command).Arguments.Where(input => input.Name != "lines")
            .Select(input => $"{input.Name}={input.Value}");
        Assert.Equal(parameters, inputs);
    }
}
