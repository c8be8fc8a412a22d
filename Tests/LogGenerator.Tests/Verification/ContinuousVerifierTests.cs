using System.Net.Http.Json;
using System.Text.Json;
using Observability.Embedded.EmbeddedKafka;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Verification;

/// <summary>The service that verifies while it runs, over a real broker and a real HTTP store.</summary>
[Collection(ProcessWideMetrics.Name)]
public sealed class ContinuousVerifierTests : IAsyncLifetime
{
    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 2 } });
    private ScriptedStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await ScriptedStore.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _broker.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_that_arrive_are_counted_with_their_latency_and_none_is_missing()
    {
        await using var pump = StartPump(Pump.Faithful);
        await using var host = await StartAsync(("LogGenerator:Verify:Enabled", "true"));

        await host.WaitForMetricAsync("loggenerator_verified_lines_total{", value => value >= 40);

        Assert.True(await host.ReadMetricAsync("loggenerator_arrival_latency_seconds_count{") >= 40);
        Assert.Equal(0, await host.ReadMetricAsync("loggenerator_missing_lines_total{"));
        Assert.Equal(0, await host.ReadMetricAsync("loggenerator_duplicate_lines_total{"));
        Assert.Equal(0, await host.ReadMetricAsync("loggenerator_out_of_order_lines_total{"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_that_are_lost_or_doubled_are_counted()
    {
        await using var pump = StartPump(sequence => sequence == 3 ? [] : sequence == 5 ? [0, 0] : [0]);
        await using var host = await StartAsync(("LogGenerator:Verify:Enabled", "true"));

        await host.WaitForMetricAsync("loggenerator_missing_lines_total{", value => value >= 1);
        await host.WaitForMetricAsync("loggenerator_duplicate_lines_total{", value => value >= 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_that_comes_after_its_deadline_is_uncounted()
    {
        var late = new List<(long, string)>();
        await using var pump = new Pump(
            _broker.BootstrapServers,
            lines =>
            {
                foreach (var line in lines)
                {
                    if (line.Line.Contains("\"seq\":3,", StringComparison.Ordinal))
                        late.Add(line);
                    else
                        _store.Add(line.Timestamp, line.Line);
                }

                return Task.CompletedTask;
            },
            Pump.Faithful);
        await using var host = await StartAsync(("LogGenerator:Verify:Enabled", "true"));
        await host.WaitForMetricAsync("loggenerator_missing_lines_total{", value => value >= 1);

        foreach (var (timestamp, line) in late.ToArray())
            _store.Add(timestamp, line);

        await host.WaitForMetricAsync("loggenerator_late_lines_total{", value => value >= 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_missing_while_the_store_cannot_be_read()
    {
        await using var pump = StartPump(Pump.Faithful);
        _store.Status = 503;
        await using var host = await StartAsync(("LogGenerator:Verify:Enabled", "true"));
        while (_store.Queries.Count < 20)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        _store.Status = null;

        await host.WaitForMetricAsync("loggenerator_verified_lines_total{", value => value >= 40);

        Assert.Equal(0, await host.ReadMetricAsync("loggenerator_missing_lines_total{"));
    }

    [Fact(Timeout = 60_000)]
    public async Task Totals_run_on_and_a_restart_of_the_store_is_told_from_a_loss()
    {
        await using var pump = StartPump(Pump.Faithful);
        await using var host = await StartAsync(("LogGenerator:Verify:Enabled", "true"));
        await host.WaitForMetricAsync("loggenerator_verified_lines_total{", value => value >= 40);

        _store.Restart();

        await host.WaitForMetricAsync("loggenerator_forgotten_lines_total{", value => value >= 1);
        var totals = await host.Client.GetFromJsonAsync<JsonElement>("/verify", TestContext.Current.CancellationToken);
        Assert.True(totals.GetProperty("rounds").GetInt32() >= 2);
        Assert.True(totals.GetProperty("sent").GetInt32() >= 40);
        Assert.True(totals.GetProperty("forgotten").GetInt32() >= 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_verification_can_be_asked_for_over_HTTP()
    {
        await using var pump = StartPump(sequence => sequence == 11 ? [0, 0] : [0]);
        await using var host = await StartAsync();

        using var response = await host.Client.PostAsJsonAsync("/verify", new { lines = 50, rate = 10_000 },
            TestContext.Current.CancellationToken);

        response.EnsureSuccessStatusCode();
        var report = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((50, 1), (report.GetProperty("stored").GetInt32(), report.GetProperty("duplicated").GetInt32()));
        Assert.False(report.GetProperty("passed").GetBoolean());
        Assert.Equal(1, await host.ReadMetricAsync("loggenerator_duplicate_lines_total{"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_verification_that_is_asked_for_in_an_outage_of_the_store_waits_for_its_end()
    {
        await using var pump = StartPump(Pump.Faithful);
        await using var host = await StartAsync();
        _store.Status = 503;

        var verification = host.Client.PostAsJsonAsync("/verify", new { lines = 50, rate = 10_000 }, TestContext.Current.CancellationToken);
        while (_store.Queries.Count < 5)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        _store.Status = null;

        using var response = await verification;
        response.EnsureSuccessStatusCode();
        var report = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(report.GetProperty("passed").GetBoolean());
    }

    private Pump StartPump(Func<long, IEnumerable<long>> fate) => new(
        _broker.BootstrapServers,
        lines =>
        {
            foreach (var (timestamp, line) in lines)
                _store.Add(timestamp, line);
            return Task.CompletedTask;
        },
        fate);

    private Task<GeneratorHost> StartAsync(params IEnumerable<(string Key, string Value)> settings) =>
        GeneratorHost.StartAsync(settings.Concat([
        ("ConnectionStrings:kafka", _broker.BootstrapServers),
        ("ConnectionStrings:loki", _store.Address.ToString()),
        ("LogGenerator:Enabled", "false"),
        ("LogGenerator:Verify:Rate", "20"),
        ("LogGenerator:Verify:Interval", "1s"),
        ("LogGenerator:Verify:Deadline", "1s"),
        ("LogGenerator:Verify:Settle", "0s"),
        ("LogGenerator:Verify:PollInterval", "50ms"),
    ]));
}
