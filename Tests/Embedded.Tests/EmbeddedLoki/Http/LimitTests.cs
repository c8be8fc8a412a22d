using System.Diagnostics;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Http;

/// <summary>One query, push or client cannot bring the store down or keep the others waiting.</summary>
public sealed class LimitTests
{
    private const long Second = 1_000_000_000;

    /// <summary>What the tests' own inputs take, the store's 64 MiB, and 256 MiB more.</summary>
    private const int HeapLimit = 448 * 1024 * 1024;

    /// <summary>Each for itself, since what a test before left to the garbage collector would count as well.</summary>
    public static TheoryData<string> Inputs =>
        [.. typeof(BoundedMemoryTests).GetMethods().Where(m => m.IsDefined(typeof(FactAttribute), inherit: true)).Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Inputs))]
    public async Task A_small_input_takes_no_more_than_its_share_of_memory(string input)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-method", $"{typeof(BoundedMemoryTests).FullName}.{input}", "-explicit", "only", "-parallelMode", "none",
                "-noLogo", "-noColor" },
            Environment =
            {
                ["DOTNET_gcServer"] = "0",
                ["DOTNET_GCHeapHardLimit"] = HeapLimit.ToString("X", System.Globalization.CultureInfo.InvariantCulture),
            },
        };
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync(Token);
        var error = child.StandardError.ReadToEndAsync(Token);
        try
        {
            await child.WaitForExitAsync(Token);
        }
        finally
        {
            if (!child.HasExited)
                child.Kill();
        }

        Assert.True(child.ExitCode == 0, $"exit code {child.ExitCode}\n{await output}\n{await error}");
        // A filter that finds nothing succeeds as well.
        Assert.Matches("Total: [1-9]", await output);
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_ended()
    {
        await using var loki = await StartHeavyAsync(new() { QueryTimeout = TimeSpan.FromMilliseconds(1) });
        Assert.Equal(
            (504,
                "request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex "
                    + "match) to reduce the amount of data processed"),
            await loki.GetAsync("/loki/api/v1/query", ("query", Heavy)));
    }

    [Fact]
    public async Task Heavy_queries_leave_room_for_everybody_else()
    {
        await using var loki = await StartHeavyAsync(
            new() { MaxConcurrentQueries = 2, MaxOutstandingQueries = 2, QueryTimeout = TimeSpan.FromMinutes(5) });
        var queries = Enumerable.Range(0, 64).Select(_ => loki.GetAsync("/loki/api/v1/query", ("query", Heavy))).ToList();

        // Two run and two wait; all others are sent away at once.
        var refused = 0;
        foreach (var query in await FirstAsync(queries, 60))
        {
            Assert.Equal((429, "too many outstanding requests"), query);
            refused++;
        }

        Assert.Equal(60, refused);
        Assert.Equal((200, "ready\n"), await loki.GetAsync("/ready"));
        await AssertAnswerAsync(await loki.PushAsync(Stream("""{a="b"}""", (Now, "x"))), 204, "");
        Assert.Contains(queries, q => !q.IsCompleted);
        Assert.Equal(4, (await Task.WhenAll(queries)).Count(answer => answer.Status == 200));
    }

    /// <summary>Some seconds of work for the processor: each step adds up all lines before it.</summary>
    private const string Heavy =
        """sum(sum_over_time({heavy="y"} | regexp `(?i)(?P<n>\d+) .*(a|b)+c$|x` | label_format m="{{ regexReplaceAll `(1|2)+` .n `3` }}" | unwrap n [1h]))""";

    private static async Task<LokiFixture> StartHeavyAsync(EmbeddedLokiOptions options)
    {
        var loki = await StartAsync(options);
        for (var part = 0; part < 3; part++)
            await AssertAnswerAsync(
                await loki.PushAsync(
                    Stream("""{heavy="y"}""",
                        [.. Enumerable.Range(0,
                            10_000).Select(i => (Now - Second - (part * 10_000) - i, $"{i} {new string('a', 100)}c"))])), 204, "");
        return loki;
    }

    private static async Task<List<(int Status, string Body)>> FirstAsync(List<Task<(int Status, string Body)>> tasks, int count)
    {
        var first = new List<(int Status, string Body)>();
        await foreach (var task in Task.WhenEach(tasks).WithCancellation(Token))
        {
            first.Add(await task);
            if (first.Count == count)
                break;
        }

        return first;
    }
}
