using System.Text.Json;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.EmbeddedLoki;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Verification;

/// <summary>The command <c>verify</c> against the store that the stack itself embeds.</summary>
public sealed class VerifyWithEmbeddedLokiTests : IAsyncLifetime
{
    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 4 } });
    private EmbeddedLokiServer _loki = null!;

    public async ValueTask InitializeAsync() =>
        _loki = await EmbeddedLokiServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _loki.DisposeAsync();
        _broker.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task All_lines_shown_once_is_0()
    {
        await using var pump = StartPump(Pump.Faithful);

        var (code, report) = await VerifyAsync("--lines", "20000", "--rate", "1000000");

        Assert.Equal(0, code);
        Assert.Equal((20_000, 20_000, 0, 0), Counts(report));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lost_and_doubled_lines_are_1()
    {
        await using var pump = StartPump(sequence => sequence switch { 17 => [], 23 => [0, 100], _ => [0] });

        var (code, report) = await VerifyAsync("--lines", "1000", "--timeout", "1s");

        Assert.Equal(1, code);
        Assert.Equal((1_000, 999, 1, 1), Counts(report));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_replay_with_the_same_timestamps_is_not_shown_twice()
    {
        await using var pump = StartPump(_ => [0, 0]);

        var (code, report) = await VerifyAsync("--lines", "1000");

        Assert.Equal(0, code);
        Assert.Equal((1_000, 1_000, 0, 0), Counts(report));
    }

    private static (int Sent, int Stored, int Missing, int Duplicated) Counts(JsonElement report) => (
        report.GetProperty("sent").GetInt32(), report.GetProperty("stored").GetInt32(), report.GetProperty("missing").GetInt32(),
        report.GetProperty("duplicated").GetInt32());

    private Pump StartPump(Func<long, IEnumerable<long>> fate) => new(_broker.BootstrapServers, Pump.PushTo(_loki.Address), fate);

    private async Task<(int Code, JsonElement Report)> VerifyAsync(params string[] args)
    {
        var run = await CommandRun.RunAsync(
            ["verify", "--json", "--loki", _loki.Address.ToString(), "--kafka", _broker.BootstrapServers, .. args]);
        Assert.True(run.Output.Length > 0, run.Error);
        return (run.ExitCode, JsonSerializer.Deserialize<JsonElement>(run.Output));
    }
}
