using System.Text.Json;
using Observability.Embedded.EmbeddedKafka;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Verification;

/// <summary>The command <c>verify</c> over a real broker and a real HTTP store, with a pump between them that errs on purpose.</summary>
public sealed class VerifyTests : IAsyncLifetime
{
    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 4 } });
    private ScriptedStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await ScriptedStore.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _broker.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task All_lines_shown_once_is_0()
    {
        await using var pump = StartPump(Pump.Faithful);

        var (code, report) = await VerifyAsync("--lines", "12000", "--rate", "1000000", "--max-outstanding", "5000");

        Assert.Equal(0, code);
        AssertCounts(report, sent: 12_000, stored: 12_000);
        Assert.True(report.GetProperty("passed").GetBoolean());
        var latency = report.GetProperty("latency");
        Assert.InRange(latency.GetProperty("p50Ms").GetDouble(), 0.1, latency.GetProperty("p99Ms").GetDouble());
        Assert.True(latency.GetProperty("resolutionMs").GetDouble() > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Missing_lines_are_1_and_are_named()
    {
        await using var pump = StartPump(sequence => sequence is 7 or (>= 500 and <= 502) ? [] : [0]);

        var (code, report) = await VerifyAsync("--lines", "1000", "--timeout", "1s");

        Assert.Equal(1, code);
        AssertCounts(report, sent: 1_000, stored: 996, missing: 4);
        Assert.Equal("TimedOut", report.GetProperty("outcome").GetString());
        Assert.Equal(
            [(7, 7), (500, 502)],
            report.GetProperty("firstMissing").EnumerateArray()
                .Select(range => (range.GetProperty("first").GetInt32(), range.GetProperty("last").GetInt32())));
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_shown_twice_are_1_at_the_same_timestamp_and_at_another()
    {
        await using var pump = StartPump(sequence => sequence % 100 == 0 ? [0, 0] : sequence % 100 == 50 ? [0, 100] : [0]);

        var (code, report) = await VerifyAsync("--lines", "1000");

        Assert.Equal(1, code);
        AssertCounts(report, sent: 1_000, stored: 1_000, duplicated: 20);
        Assert.Equal(10, report.GetProperty("firstDuplicated").GetArrayLength());
    }

    [Fact(Timeout = 60_000)]
    public async Task Lines_out_of_order_are_counted_and_found_though_their_timestamp_is_another()
    {
        await using var pump = StartPump(sequence => sequence == 1_000 ? [-20_000_000_000] : [0]);

        var (code, report) = await VerifyAsync("--lines", "1000");

        Assert.Equal(1, code);
        AssertCounts(report, sent: 1_000, stored: 1_000, outOfOrder: 999);
        Assert.Equal(1, report.GetProperty("changed").GetInt32());
        Assert.Equal((1, 999), (report.GetProperty("firstOutOfOrder")[0].GetProperty("first").GetInt32(),
            report.GetProperty("firstOutOfOrder")[0].GetProperty("last").GetInt32()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Timestamps_cut_to_the_second_are_changes_but_no_disorder()
    {
        await using var pump = new Pump(_broker.BootstrapServers,
            lines => StoreAsync(lines.Select(line => (line.Timestamp / 1_000_000_000 * 1_000_000_000, line.Line))), Pump.Faithful);

        var (code, report) = await VerifyAsync("--lines", "8000", "--rate", "1000000");

        Assert.Equal(1, code);
        AssertCounts(report, sent: 8_000, stored: 8_000);
        Assert.Equal(8_000, report.GetProperty("changed").GetInt32());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_fails_for_a_while_is_asked_again()
    {
        _store.Status = null;
        var lines = 0;
        await using var pump = StartPump(sequence =>
        {
            // In the midst of the run the store answers nothing, until the last line is there.
            _store.Status = Interlocked.Increment(ref lines) is > 300 and < 1_000 ? 503 : null;
            return [0];
        });

        var (code, report) = await VerifyAsync("--lines", "1000");

        Assert.Equal(0, code);
        AssertCounts(report, sent: 1_000, stored: 1_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_cannot_be_reached_is_3()
    {
        var run = await CommandRun.RunAsync("verify", "--loki", "http://127.0.0.1:1", "--kafka", _broker.BootstrapServers);

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("The store at http://127.0.0.1:1/ cannot be reached: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_refuses_is_3_with_its_words()
    {
        _store.Status = 401;

        var run = await CommandRun.RunAsync("verify", "--loki", _store.Address.ToString(), "--kafka", _broker.BootstrapServers);

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith($"The store at {_store.Address} answered 401 to query_range: scripted", run.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broker_that_cannot_be_reached_is_3()
    {
        var run = await CommandRun.RunAsync("verify", "--loki", _store.Address.ToString(), "--kafka", "127.0.0.1:1");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("The broker at 127.0.0.1:1 cannot be reached: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ctrl_C_is_130_with_what_is_known_by_then()
    {
        using var stop = new CancellationTokenSource();
        var seen = 0;
        await using var pump = StartPump(sequence =>
        {
            if (Interlocked.Increment(ref seen) == 100)
                stop.Cancel();
            return [0];
        });

        var run = await CommandRun.RunAsync(stop.Token, ["verify", "--json", "--loki", _store.Address.ToString(), "--kafka",
            _broker.BootstrapServers, "--lines", "1000000", "--rate", "500"]);

        Assert.Equal(130, run.ExitCode);
        var report = JsonSerializer.Deserialize<JsonElement>(run.Output);
        Assert.Equal("Interrupted", report.GetProperty("outcome").GetString());
        Assert.InRange(report.GetProperty("sent").GetInt32(), 100, 999_999);
        Assert.False(report.GetProperty("passed").GetBoolean());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_report_for_people_has_the_verdict_and_the_numbers()
    {
        await using var pump = StartPump(Pump.Faithful);

        var run = await CommandRun.RunAsync("verify", "--loki", _store.Address.ToString(), "--kafka", _broker.BootstrapServers, "--lines",
            "10", "--run-id", "people");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(
            """^verify people: PASSED\n  sent +10  of 10, in .*\n  stored +10\n  missing +0\n  duplicated +0\n  out of order +0\n  changed +0\n  latency +p50 \d+ ms, p95 \d+ ms, p99 \d+ ms, max \d+ ms""", run.Output);
    }

    private static void AssertCounts(JsonElement report, int sent, int stored, int missing = 0, int duplicated = 0, int outOfOrder = 0)
    {
        Assert.Equal((sent, stored, missing, duplicated, outOfOrder),
            (Count("sent"), Count("stored"), Count("missing"), Count("duplicated"), Count("outOfOrder")));

        int Count(string name) => report.GetProperty(name).GetInt32();
    }

    private Pump StartPump(Func<long, IEnumerable<long>> fate) => new(_broker.BootstrapServers, StoreAsync, fate);

    private Task StoreAsync(IEnumerable<(long Timestamp, string Line)> lines)
    {
        foreach (var (timestamp, line) in lines)
            _store.Add(timestamp, line);
        return Task.CompletedTask;
    }

    private async Task<(int Code, JsonElement Report)> VerifyAsync(params string[] args)
    {
        var run = await CommandRun.RunAsync([
            "verify", "--json", "--settle", "300ms", "--loki", _store.Address.ToString(), "--kafka", _broker.BootstrapServers, .. args]);
        Assert.True(run.Output.Length > 0, run.Error);
        return (run.ExitCode, JsonSerializer.Deserialize<JsonElement>(run.Output));
    }
}
