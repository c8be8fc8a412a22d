using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Observability.Embedded.EmbeddedKafka;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Verification;

/// <summary>
/// The verdict of <c>verify</c> on stores that show something else than was sent: over a real broker and a store that a proxy stands
/// before.
/// </summary>
public sealed class JudgeTests : IAsyncLifetime
{
    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(
        new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 4, ["other"] = 1 } });
    private ScriptedStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await ScriptedStore.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _broker.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("its message is another", "its text is not what was sent")]
    [InlineData("one byte is another", "its text is not what was sent")]
    [InlineData("its end is cut off", "its text is not what was sent")]
    [InlineData("garbage is appended", "its text is not what was sent")]
    [InlineData("its number cannot be read", "its text is not what was sent")]
    [InlineData("its number is another line's", "its text is not what was sent")]
    [InlineData("its level is another", "label level is 'warn' instead of 'info'")]
    [InlineData("its level is absent", "label level is absent instead of 'info'")]
    [InlineData("its pod is another", "metadata pod is 'x' instead of 'verify-3'")]
    [InlineData("its time is half a second later", "its time is 500ms later than it states")]
    [InlineData("its time is 100 ns earlier", "its time is 100ns earlier than it states")]
    public async Task A_line_that_is_not_as_it_was_sent_is_one_changed_line(string how, string expected)
    {
        await using var pump = StartPump();
        _store.Change = line => line.Sequence == 17 ? Change(line, how) : line;

        var (code, report) = await VerifyAsync("--lines", "300");

        Assert.Equal(1, code);
        Assert.Equal((300, 300, 0, 0, 1), Counts(report));
        var change = Assert.Single(report.GetProperty("firstChanged").EnumerateArray());
        Assert.Equal(17, change.GetProperty("sequence").GetInt32());
        Assert.StartsWith(expected, change.GetProperty("what").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_lines_of_a_run_whose_id_begins_alike_are_not_this_runs()
    {
        await using var pump = StartPump();
        Assert.Equal(0, (await VerifyAsync("--lines", "200", "--run-id", "run-10")).Code);

        var (code, report) = await VerifyAsync("--lines", "100", "--run-id", "run-1");

        Assert.Equal(0, code);
        Assert.Equal((100, 100, 0, 0, 0), Counts(report));
        Assert.InRange(report.GetProperty("latency").GetProperty("maxMs").GetDouble(), 0, 60_000);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("10s", 1)]
    [InlineData("0s", 0)]
    public async Task A_duplicate_that_comes_late_is_seen_as_long_as_is_asked_for(string settle, int expected)
    {
        await using var pump = StartPump();
        var watch = new Stopwatch();
        ShownLine? late = null;
        _store.Change = line =>
        {
            // Shown a second time once everything has long been seen.
            late ??= line;
            if (line.Sequence == 100)
                watch.Start();
            return line;
        };
        var running = VerifyAsync("--lines", "100", "--settle", settle);
        while (expected == 1 && (!watch.IsRunning || watch.Elapsed < TimeSpan.FromSeconds(2)))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        if (expected == 1)
            _store.Add(late!.Timestamp, late.Line);

        var (code, report) = await running;

        Assert.Equal((expected, expected), (code, report.GetProperty("duplicated").GetInt32()));
        Assert.Equal(settle.TrimEnd('s'), report.GetProperty("settleSeconds").GetDouble().ToString(CultureInfo.InvariantCulture));
    }

    [Fact(Timeout = 60_000)]
    public async Task Answers_that_are_capped_hide_nothing_and_the_cap_is_named()
    {
        await using var pump = StartPump();
        _store.Cap = 1_000;

        var run = await RunAsync("--lines", "8000", "--rate", "100000");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("the store gives at most 1000 lines per answer, where 5000 were asked for", run.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("429", "answered 429 to query_range: scripted")]
    [InlineData("500", "answered 500 to query_range: scripted")]
    [InlineData("reset", "cannot be reached: ")]
    [InlineData("half", "gave an answer that is not Loki's: ")]
    [InlineData("hang", "gave no answer within 3 s")]
    public async Task A_store_that_stops_answering_leaves_the_run_undecided_and_no_number_is_made_up(string how, string expected)
    {
        await using var pump = StartPump();
        var asked = 0;
        _store.Instead = async context =>
        {
            // The first question is the probe's.
            if (Interlocked.Increment(ref asked) == 1)
                await context.Response.WriteAsync("""{"status":"success","data":{"resultType":"streams","result":[]}}""");
            else if (how == "reset")
                context.Abort();
            else if (how == "hang")
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (how == "half")
                await context.Response.WriteAsync(
                    """{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["1","x""");
            else
                await Results.Text("scripted", statusCode: int.Parse(how, CultureInfo.InvariantCulture)).ExecuteAsync(context);
        };

        var run = await RunAsync("--lines", "100", "--timeout", "1s");
        var json = await RunAsync("--lines", "100", "--timeout", "1s", "--json");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("UNDECIDED, the store could not be read", run.Output, StringComparison.Ordinal);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.All(["stored", "missing", "duplicated", "latency"],
            word => Assert.DoesNotContain($"  {word} ", run.Output, StringComparison.Ordinal));
        Assert.Equal(3, json.ExitCode);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receiver_where_nobody_listens_is_said_at_once_with_3()
    {
        var run = await CommandRun.RunAsync("verify", "--sink", "otlp", "--otlp", "http://127.0.0.1:1", "--loki",
            _store.Address.ToString());

        Assert.Equal((3, ""), (run.ExitCode, run.Output));
        Assert.Equal("http://127.0.0.1:1/v1/logs cannot be reached: Connection refused (127.0.0.1:1)", run.Error.TrimEnd());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--namespace", "elsewhere", "asked for     {namespace=\"elsewhere\", service=\"loggenerator-verify\"}")]
    [InlineData("--topic", "other", "sent to       Kafka's topic other")]
    public async Task What_is_missing_is_said_with_where_it_was_sent_and_what_was_asked_for(string option, string value, string expected)
    {
        await using var pump = StartPump();

        var run = await RunAsync("--lines", "10", "--timeout", "1s", option, value);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public async Task Metric_queries_are_judged_when_asked_for(int miscounts, int expected)
    {
        await using var pump = StartPump();
        _store.Miscounts = miscounts;

        var (code, report) = await VerifyAsync("--lines", "50", "--metrics");

        Assert.Equal((expected, 50 + miscounts), (code, report.GetProperty("counted").GetInt32()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Tenant_and_login_go_with_every_question()
    {
        await using var pump = StartPump();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "secret\n", TestContext.Current.CancellationToken);

        var (code, _) = await VerifyAsync("--lines", "10", "--tenant", "team-a", "--user", "me", "--password-file", file);

        File.Delete(file);
        Assert.Equal(0, code);
        Assert.Equal(("team-a", "Basic bWU6c2VjcmV0"), (_store.Headers["X-Scope-OrgID"], _store.Headers["Authorization"]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("steady")]
    [InlineData("burst")]
    [InlineData("ramp")]
    [InlineData("error-storm")]
    [InlineData("high-cardinality")]
    [InlineData("large-lines")]
    [InlineData("malformed")]
    [InlineData("backfill")]
    public async Task The_lines_of_every_pattern_are_judged(string pattern)
    {
        await using var pump = StartPump();
        var lines = pattern is "large-lines" or "ramp" ? "60" : "600";

        var (code, report) = await VerifyAsync("--lines", lines, "--rate", "3000", "--pattern", pattern);
        Assert.True(code == 0, report.ToString());

        _store.Change = line => line.Sequence == 20 ? line with { Line = line.Line[..5] + '#' + line.Line[6..] } : line;
        var (again, changed) = await VerifyAsync("--lines", lines, "--rate", "3000", "--pattern", pattern);
        Assert.Equal((1, 1), (again, changed.GetProperty("changed").GetInt32()));
    }

    private static ShownLine Change(ShownLine line, string how) => how switch
    {
        "its message is another" => line with { Line = line.Line.Replace("verify line", "verify lime", StringComparison.Ordinal) },
        "one byte is another" => line with { Line = line.Line.Replace("INFO", "INFo", StringComparison.Ordinal) },
        "its end is cut off" => line with { Line = line.Line[..^30] },
        "garbage is appended" => line with { Line = line.Line + "x" },
        "its number cannot be read" => line with { Line = line.Line.Replace("\"seq\":17", "\"seq\":x7", StringComparison.Ordinal) },
        "its number is another line's" => line with { Line = line.Line.Replace("\"seq\":17", "\"seq\":18", StringComparison.Ordinal) },
        "its level is another" => line.With("level", "warn"),
        "its level is absent" => line.With("level", null),
        "its pod is another" => line.With("pod", "x"),
        "its time is half a second later" => line with { Timestamp = line.Timestamp + 500_000_000 },
        _ => line with { Timestamp = line.Timestamp - 100 },
    };

    private static (int Sent, int Stored, int Missing, int Duplicated, int Changed) Counts(JsonElement report) =>
        (Count(report, "sent"), Count(report, "stored"), Count(report, "missing"), Count(report, "duplicated"), Count(report, "changed"));

    private static int Count(JsonElement report, string name) => report.GetProperty(name).GetInt32();

    private Pump StartPump() => new(_broker.BootstrapServers, lines =>
    {
        foreach (var (timestamp, line) in lines)
            _store.Add(timestamp, line);
        return Task.CompletedTask;
    }, Pump.Faithful);

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(
        ["verify", "--loki", _store.Address.ToString(), "--kafka", _broker.BootstrapServers,
            .. args.Contains("--settle") ? [] : new[] { "--settle", "0s" }, .. args]);

    private async Task<(int Code, JsonElement Report)> VerifyAsync(params string[] args)
    {
        var run = await RunAsync(["--json", .. args]);
        Assert.True(run.Output.Length > 0, run.Error);
        return (run.ExitCode, JsonSerializer.Deserialize<JsonElement>(run.Output));
    }
}
