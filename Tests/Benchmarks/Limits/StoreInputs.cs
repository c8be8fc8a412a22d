using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Snappier;

namespace Observability.Benchmarks.Limits;

/// <summary>Inputs to the embedded store, run as <c>AllInOne loki</c>.</summary>
internal static class StoreInputs
{
    private const string Push = "loki/api/v1/push";
    private const string QueryRange = "loki/api/v1/query_range";
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    private const string Heavy =
        """sum(sum_over_time({heavy="y"} | regexp `(?i)(?P<n>\d+) .*(a|b)+c$|x` """
        + """| label_format m="{{ regexReplaceAll `(1|2)+` .n `3` }}" | unwrap n [1h]))""";

    public static IEnumerable<LimitInput> All { get; } =
    [
        new("a range that no 64 bits hold: `vector(1)`, `start=-8075888387854775808&end=8075888387854775808&step=1s`", "18 GB",
            stop => AskAsync(
                null, stop, ("query", "vector(1)"), ("start", "-8075888387854775808"), ("end", "8075888387854775808"), ("step", "1s"))),
        new("a series for each of 900,000 lines: `count_over_time({…} \\| json \\| __error__=\"\" [1m])` over an hour", "6.7 GB, 63 s",
            stop => AskAsync(
                FillAsync,
                stop,
                ("query", """count_over_time({namespace="default"} | json | __error__="" [1m])"""), ("since", "1h"), ("step", "15s"))),
        new("OTLP, gzip: 8,000,000 empty records in 16 KB", "1.96 GB",
            stop => PostAsync("otlp/v1/logs", OddBytes.Gzip(OddBytes.Otlp(OddBytes.Empty(8_000_000))), Protobuf, "gzip", 1, stop)),
        new("OTLP: 50,000 attributes of a resource, 5,000 records", "not looked at",
            stop => PostAsync("otlp/v1/logs", ManyAttributes(), Protobuf, null, 1, stop)),
        new("push, snappy: 20,000,000 empty entries in 2 MB", "3.9 GB",
            stop => PostAsync(Push, Snappy.CompressToArray(OddBytes.Message(0x0a, OddBytes.Empty(20_000_000))), Protobuf, null, 1, stop)),
        new("push: a label of 25 MB, five times", "430 MB each, kept", stop => PostAsync(Push, LargeLabel(), Protobuf, null, 5, stop)),
        new("push, snappy: a block that declares 4 GiB", "wrong words",
            stop => PostAsync(Push, [0xff, 0xff, 0xff, 0xff, 0x0f, 0], Protobuf, null, 1, stop)),
        new("three tails that do not read, 1.2 GB of lines of 40 kB (store of 64 MiB, full)", "5.4 GB", TailsAsync),
        new("`tail?limit=2000000000`", "440 MB each",
            stop => RunAsync("loki/api/v1/tail", null, stop, ("query", "{a=\"b\"}"), ("limit", "2000000000"))),
        new("`line_format \"{{__line__}}{{__line__}}\"` 24 times, on a line of 1,000 bytes", "4.8 GB",
            stop => AskAsync(
                (program, token) => PushLinesAsync(program, "{\"a\":\"b\"}", [new string('x', 1000)], token),
                stop,
                ("query", "{a=\"b\"}" + string.Concat(Enumerable.Repeat(""" | line_format "{{__line__}}{{__line__}}" """, 24))))),
        new("130 KB of `\\\"` as a query", "8 s",
            stop => AskAsync(null, stop, ("query", string.Concat(Enumerable.Repeat("\\\"", 65_000))))),
        new("8,000 regular expressions in a query", "1.7 GB, 7 s",
            stop => AskAsync(null, stop, ("query", "{a=\"b\"}" + string.Concat(Enumerable.Range(0, 8000).Select(i => $"|~\"a{i}\""))))),
        new("ten lines of 26,000 fields, `\\| json \\| keep a`", "3.2 s a line",
            stop => AskAsync(
                (program, token) => PushLinesAsync(program, "{\"a\":\"b\"}", ManyFields(), token),
                stop,
                ("query", "{a=\"b\"} | json | keep a"))),
        new("64 heavy queries at once", "`/alive` silent for 60 s", HeavyAsync),
    ];

    private static Task<LimitResult> AskAsync(
        Func<BuiltProgram, CancellationToken, Task>? prepare, CancellationToken stop, params (string Name, string Value)[] parameters) =>
        RunAsync(QueryRange, prepare, stop, parameters);

    private static async Task<LimitResult> RunAsync(
        string path,
        Func<BuiltProgram, CancellationToken, Task>? prepare,
        CancellationToken stop,
        params (string Name, string Value)[] parameters)
    {
        using var program = await StartAsync(stop);
        if (prepare is not null)
            await prepare(program, stop);
        await program.SettleAsync(stop);
        using var client = Client(program);
        var form = parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value));
        // A query of 100 KB fits into no address; a tail has one only.
        using var content = new FormUrlEncodedContent(form);
        var address = path.EndsWith("tail", StringComparison.Ordinal) ? path + "?" + await content.ReadAsStringAsync(stop) : path;
        using var answer = address == path
            ? await client.PostAsync(new Uri(path, UriKind.Relative), content, stop)
            : await client.GetAsync(new Uri(address, UriKind.Relative), stop);
        return await ResultAsync(program, answer, stop);
    }

    private static async Task<LimitResult> PostAsync(
        string path, byte[] body, string type, string? encoding, int times, CancellationToken stop)
    {
        using var program = await StartAsync(stop);
        await program.SettleAsync(stop);
        using var client = Client(program);
        LimitResult? result = null;
        for (var i = 0; i < times; i++)
            result = await ResultAsync(program, await SendAsync(client, path, body, type, encoding, stop), stop);
        return result!;
    }

    private static async Task<LimitResult> TailsAsync(CancellationToken stop)
    {
        using var program = await StartAsync(stop, "--store-bytes", "64MiB");
        using var client = Client(program);
        var lines = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 40_000)).ToList();
        for (var i = 0; i < 150; i++)
            await PushLinesAsync(program, "{\"a\":\"b\"}", lines, stop);
        List<ClientWebSocket> tails = [];
        for (var i = 0; i < 3; i++)
        {
            tails.Add(new());
            var query = "query=" + Uri.EscapeDataString("{a=\"b\"}");
            var address = new UriBuilder(program.Address) { Scheme = "ws", Path = "/loki/api/v1/tail", Query = query };
            await tails[i].ConnectAsync(address.Uri, stop);
        }

        await program.SettleAsync(stop);
        for (var i = 0; i < 1500; i++)
            await PushLinesAsync(program, "{\"a\":\"b\"}", lines, stop);
        var result = Result(program, "204 for all; the tails are told what they lost");
        tails.ForEach(tail => tail.Dispose());
        return result;
    }

    private static async Task<LimitResult> HeavyAsync(CancellationToken stop)
    {
        using var program = await StartAsync(stop);
        for (var part = 0; part < 3; part++)
        {
            var lines = Enumerable.Range(0, 10_000).Select(i => $"{i} {new string('a', 100)}c");
            await PushLinesAsync(program, "{\"heavy\":\"y\"}", lines, stop, part * 10_000L);
        }

        await program.SettleAsync(stop);
        using var client = Client(program);
        var path = new Uri("loki/api/v1/query?query=" + Uri.EscapeDataString(Heavy), UriKind.Relative);
        var queries = Enumerable.Range(0, 64).Select(_ => client.GetAsync(path, stop)).ToList();
        var longest = TimeSpan.Zero;
        var all = Task.WhenAll(queries);
        while (!all.IsCompleted)
        {
            var began = Stopwatch.GetTimestamp();
            using var alive = await client.GetAsync(new Uri("alive", UriKind.Relative), stop);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            await Task.Delay(50, stop);
        }

        var statuses = (await all).CountBy(answer => (int)answer.StatusCode);
        var answers = string.Join(", ", statuses.Select(status => $"{status.Value} times {status.Key}"));
        return Result(program, string.Create(CultureInfo.InvariantCulture, $"{answers}; `/alive` within {longest.TotalMilliseconds:0} ms"));
    }

    private static async Task FillAsync(BuiltProgram program, CancellationToken stop)
    {
        for (var part = 0; part < 90; part++)
        {
            var lines = Enumerable.Range(part * 10_000, 10_000).Select(i => $$"""{"id":"{{i}}","msg":"{{i * 7}}"}""");
            await PushLinesAsync(program, "{\"namespace\":\"default\"}", lines, stop, part * 10_000L, 3_900_000);
        }
    }

    // The times go back from now, so that none is too far behind another.
    private static async Task PushLinesAsync(
        BuiltProgram program, string labels, IEnumerable<string> lines, CancellationToken stop, long first = 0, long apart = 1)
    {
        var now = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000) - (first * apart);
        var values = string.Join(',', lines.Select((line, i) => $"[\"{now - (i * apart)}\",{JsonSerializer.Serialize(line)}]"));
        using var client = Client(program);
        var body = Encoding.UTF8.GetBytes($$"""{"streams":[{"stream":{{labels}},"values":[{{values}}]}]}""");
        using var answer = await SendAsync(client, Push, body, Json, null, stop);
        answer.EnsureSuccessStatusCode();
    }

    private static Task<BuiltProgram> StartAsync(CancellationToken stop, params string[] arguments) =>
        BuiltProgram.StartAsync("AllInOne", ["loki", .. arguments], stop);

    private static HttpClient Client(BuiltProgram program) => new() { BaseAddress = program.Address, Timeout = TimeSpan.FromMinutes(5) };

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, string path, byte[] body, string type, string? encoding, CancellationToken stop)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await client.PostAsync(new Uri(path, UriKind.Relative), content, stop);
    }

    private static async Task<LimitResult> ResultAsync(BuiltProgram program, HttpResponseMessage answer, CancellationToken stop)
    {
        var text = await answer.Content.ReadAsStringAsync(stop);
        var status = (int)answer.StatusCode;
        return Result(program, answer.IsSuccessStatusCode ? $"{status}" : $"{status} {LimitsCommand.Shorten(text)}");
    }

    private static LimitResult Result(BuiltProgram program, string answer) => new(answer, program.PeakBytes, program.CpuSeconds);

    private static byte[] LargeLabel()
    {
        var labels = Encoding.ASCII.GetBytes("{a=\"" + new string('x', 25_000_000) + "\"}");
        return Snappy.CompressToArray(OddBytes.Message(0x0a, [.. OddBytes.Message(0x0a, labels), 0x12, 0]));
    }

    private static byte[] ManyAttributes()
    {
        using var attributes = new MemoryStream();
        for (var i = 0; i < 50_000; i++)
        {
            var key = OddBytes.Message(0x0a, Encoding.ASCII.GetBytes($"k{i}"));
            attributes.Write(OddBytes.Message(0x0a, [.. key, .. OddBytes.Message(0x12, OddBytes.Message(0x0a, "v"u8.ToArray()))]));
        }

        var records = Enumerable.Repeat(OddBytes.Record("x"), 5_000).SelectMany(record => record).ToArray();
        return OddBytes.Message(0x0a, [.. OddBytes.Message(0x0a, attributes.ToArray()), .. OddBytes.Message(0x12, records)]);
    }

    private static IEnumerable<string> ManyFields() => Enumerable.Range(0, 10).Select(
        line => "{" + string.Join(',', Enumerable.Range(0, 26_000).Select(i => $"\"{i:x}\":1")) + $",\"a\":{line}}}");
}
