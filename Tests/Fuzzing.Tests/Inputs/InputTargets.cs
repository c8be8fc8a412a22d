using System.Buffers;
using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using K4os.Compression.LZ4.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Observability.Embedded.EmbeddedCollector.Receivers;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.Embedded.EmbeddedLoki;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Http;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Fuzzing.Tests.Corpus;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Fuzzing.Tests.Inputs;

/// <summary>
/// Everything that reads foreign bytes: the Forwarder's decoders and its reading of answers, the embedded store, the embedded collector.
/// </summary>
internal static class InputTargets
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";
    private const long Second = 1_000_000_000;

    private static readonly long Now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() * Second;

    private static readonly string[] Queries =
    [
        """{a="b"}""", """{a=~"b|c", d!="e"} |= "x" != `y` |~ "z+" !~ "(?i)q" |> "<_> one <_>" """,
        """{a="b"} | json | x > 0 and y="z" or n != 1.5""", """{a="b"} | json v="y.z[0]", w="x" | keep v, a="b" | drop w""",
        """{a="b"} | logfmt --strict --keep-empty | d > 1m5s | s >= 1KB | label_format q="{{.k | ToUpper}}", r=k""",
        """{a="b"} | pattern "<_> <k> <_>" | regexp "(?P<m>\\w+)" | decolorize | unpack | ip = ip("10.0.0.0/8")""",
        """{a="b"} | logfmt | line_format "{{.k | trunc -1}} {{ range $i, $e := fromJson .m }}{{ $e }}{{ end }}" """,
        """sum by (level) (rate({a="b"} | json | unwrap x [1m] offset 5m))""", """topk(2, sum(count_over_time({a="b"}[1h])) by (a))""",
        """quantile_over_time(0.99, {a="b"} | json | unwrap duration(d) [5m]) by (a) / ignoring(b) group_left 2 ^ -1""",
        """label_replace(rate({a="b"}[1m]), "q", "$1", "a", "(.*)") > bool 0 unless vector(1)""",
        """absent_over_time({a="b"} |= `x` [1m])""",
        """sort_desc(bytes_over_time({a="b"}[1m] offset -1h)) or stddev_over_time({a="b"} | unwrap k [1m])""",
        """vector(1) % 0""",
    ];

    public static IReadOnlyList<InputTarget> All { get; } = [.. Decoders(), Answers(), Query(), .. Pushes(), .. Collector()];

    private static IEnumerable<InputTarget> Decoders()
    {
        foreach (var (format, samples) in new[]
        {
            (RecordFormat.Auto, Samples.All), (RecordFormat.OtlpProtobuf, Samples.OtlpProtobuf), (RecordFormat.OtlpJson, Samples.OtlpJson),
            (RecordFormat.Json, Samples.Lines), (RecordFormat.JsonArray, Samples.Several), (RecordFormat.Logfmt, Samples.Lines),
        })
        {
            // Each has its own, since it is on a thread of its own.
            var schema = new LabelSchema(new ForwarderOptions());
            var partition = TestPartition.Create("test-logs", 0);
            var decoder = new RecordDecoder();
            var lines = new LineBuilder(schema, new StreamTable(schema.Labels, 100, TimeProvider.System), new NothingWriter());
            var offset = 0L;
            yield return new($"record decoder, {format}", samples, [.. LargeRecords(), .. LargeOtlp()], value =>
            {
                if (value.Length == 0)
                    return;
                var record = new TestRecord(partition, offset, value);
                partition.Offsets.Complete(offset++);
                lines.BeginRecord(record.Record);
                decoder.Decode(format, record.Value, lines);
            });
        }
    }

    // What a store says is read for the fate of lines: it repeats labels, which are anybody's.
    private static InputTarget Answers() => new(
        "a store's answer",
        [
            .. new[]
            {
                "2 errors like: entry for stream '{a=\"b\"}' has timestamp too old: 2025-01-01T00:00:00Z, "
                    + "oldest acceptable timestamp is: 2025-02-01T00:00:00Z; 1 errors like: max entry size '10' bytes exceeded "
                    + "for stream '{a=\"b\"}' while adding an entry with length '11' bytes",
                "entry with timestamp 2025-01-01 00:00:00.1 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: "
                    + "2025-01-01T00:00:00Z, oldest acceptable timestamp is: 2025-01-02T00:00:00Z',\n"
                    + "user 'fake', total ignored: 1 out of 2 for stream: {a=\"b\"}",
                "Per stream rate limit exceeded (limit: 3MB/sec) while attempting to ingest for stream '{a=\"b\"}' totaling 1B",
                "ingestion rate limit exceeded for user fake (limit: 10 bytes/sec) while attempting to ingest '1' lines",
                "maximum active stream limit exceeded when trying to create stream {a=\"b\"}",
            }.Select(Encoding.UTF8.GetBytes),
        ],
        [
            Repeat("entry for stream '", 50_000),
            Repeat("1 errors like: entry for stream '{}' has timestamp too ", 20_000),
            Repeat("max entry size '9' bytes exceeded for stream '", 20_000),
            Repeat("entry with timestamp 2025-01-01 00:00:00 +0000 UTC ignored, reason: '", 14_000),
            Repeat("oldest acceptable timestamp is: ", 30_000),
            Repeat("ingestion rate limit exceeded for user ", 25_000),
            Repeat("total ignored: 1 out of 2 for stream", 28_000),
            Repeat("1", 1_000_000),
        ],
        bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            foreach (var status in new[] { 400, 429, 500 })
                _ = PushAnswerClassifier.Classify(status, text, null);
            _ = LokiWords.Rate(text);
            _ = LokiWords.StreamRate(text);
            _ = LokiWords.IgnoredEntries(text);
            _ = LokiWords.TryReadTotal(text, out _, out _);
            _ = LokiWords.OldestAcceptable(text);
            _ = LokiWords.DistributorPattern().Count(text);
            _ = LokiWords.GroupPattern().Count(text);
        });

    private static InputTarget Query()
    {
        var services = Store(new EmbeddedLokiOptions { MaxLineSize = 0 });
        var store = services.GetRequiredService<LogStore>();
        var push = services.GetRequiredService<PushEndpoint>();
        var many = "{" + string.Join(',', Enumerable.Range(0, 26_000).Select(i => $"\"k{i:D5}\":1")) + ",\"a\":2}";
        var lines = Samples.Lines.Concat(Samples.Several).Select(Encoding.UTF8.GetString).Append(many).ToList();
        Push(push, Protobuf, null, Snappy.CompressToArray(PushOf("""{a="b"}""", lines).ToByteArray()));
        return new(
            "LogQL",
            [.. Queries.Select(Encoding.UTF8.GetBytes)],
            [
                Repeat("\\\"", 65_000),
                Encoding.UTF8.GetBytes("""{a="b"}""" + string.Concat(Enumerable.Range(0, 8000).Select(i => $"|~\"a{i}\""))),
                Encoding.UTF8.GetBytes("""{a="b"} |~ "((((x{50}){50}){50}){50})" """),
                Encoding.UTF8.GetBytes("""{a="b"} | json | keep a"""),
                Encoding.UTF8.GetBytes(
                    """{a="b"}""" + string.Concat(Enumerable.Repeat(""" | line_format "{{__line__}}{{__line__}}" """, 24))),
                Repeat("(", 60_000),
                Repeat("{a=\"b\"} | ", 13_000),
                Repeat("sum(", 30_000),
                Repeat("1+", 60_000),
                Repeat("{{", 60_000),
                Repeat("-", 130_000),
                Encoding.UTF8.GetBytes("""{a="b"} | line_format `""" + string.Concat(Enumerable.Repeat("{{if .a}}", 12_000)) + "`"),
                Encoding.UTF8.GetBytes("{a=\"b\"," + string.Join(',', Enumerable.Range(0, 6_000).Select(i => $"l{i}=~\"a.*{i}\"")) + "}"),
                Encoding.UTF8.GetBytes("""{a="b"} |~ "(a|a)*(a|a)*(a|a)*(a|a)*(a|a)*(a|a)*$x" """),
                Encoding.UTF8.GetBytes(
                    """{a="b"} | json """ + string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"a{i}=\"k{i:D5}\""))),
            ],
            bytes => Ask(store, Encoding.UTF8.GetString(bytes)));
    }

    private static IEnumerable<InputTarget> Pushes()
    {
        var services = Store(new EmbeddedLokiOptions { MaxBytes = 32 * 1024 * 1024 });
        var push = services.GetRequiredService<PushEndpoint>();
        var otlp = services.GetRequiredService<OtlpEndpoint>();
        byte[][] pushes =
        [
            PushOf("""{a="b"}""", ["line", "another"]).ToByteArray(),
            PushOf("""{c="d", e="f"}""", Enumerable.Repeat("x", 100)).ToByteArray(),
        ];
        byte[][] json =
        [
            Encoding.UTF8.GetBytes(
                $$"""{"streams":[{"stream":{"a":"b"},"values":[["{{Now}}","line",{"k":"v"}],["1","x"]]},{"stream":{},"values":[]}]}"""),
        ];
        var label = new byte[25_000_000];
        label.AsSpan().Fill((byte)'x');
        "{a=\""u8.CopyTo(label);
        "\"}"u8.CopyTo(label.AsSpan(label.Length - 2));
        byte[] fourGigabytes = [0xff, 0xff, 0xff, 0xff, 0x0f, 0];

        yield return new(
            "push, snappy block", [.. pushes.Select(body => Snappy.CompressToArray(body))],
            [
                fourGigabytes,
                Snappy.CompressToArray(OddBytes.Message(0x0a, OddBytes.Empty(20_000_000))),
                Snappy.CompressToArray(OddBytes.Message(0x0a, [.. OddBytes.Message(0x0a, label), 0x12, 0])),
            ],
            body => Push(push, Protobuf, null, body));
        yield return new("push, protobuf", pushes, [], body => Push(push, Protobuf, null, Snappy.CompressToArray(body)));
        yield return new(
            "push, JSON", json,
            [
                Repeat("[", 1_000_000), Repeat("{\"streams\":", 500_000),
                Encoding.ASCII.GetBytes("{\"streams\":[" + string.Join(',', Enumerable.Repeat("{}", 4_000_000)) + "]}"),
                Encoding.ASCII.GetBytes(
                    "{\"streams\":[{\"stream\":{"
                    + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"a{i}\":\"\"")) + "},\"values\":[]}]}"),
            ],
            body => Push(push, Json, null, body));
        foreach (var encoding in new[] { "gzip", "zstd", "lz4" })
        {
            yield return new(
                $"OTLP, {encoding}", [.. Samples.OtlpProtobuf.Where(body => body.Length < 20_000).Select(body => Compress(body, encoding))],
                [Compress(OddBytes.Message(0x0a, OddBytes.Message(0x12, OddBytes.Empty(8_000_000))), encoding),
                    Compress(new byte[200_000_000], encoding)],
                body => Push(otlp, Protobuf, encoding, body));
        }

        yield return new("OTLP, protobuf", Samples.OtlpProtobuf, [.. LargeOtlp()], body => Push(otlp, Protobuf, null, body));
        yield return new("OTLP, JSON", Samples.OtlpJson, [.. LargeJson()], body => Push(otlp, Json, null, body));
    }

    private static IEnumerable<InputTarget> Collector()
    {
        var limit = new EmbeddedCollectorOptions().MaxRequestBytes;
        yield return new(
            "collector, protobuf",
            Samples.OtlpProtobuf,
            [OddBytes.Message(0x0a, OddBytes.Message(0x12, OddBytes.Empty(8_000_000))), .. LargeOtlp()],
            body => Export(body, false));
        yield return new("collector, JSON", Samples.OtlpJson, [.. LargeJson()], body => Export(body, true));
        yield return new(
            "collector, gzip",
            [.. Samples.OtlpProtobuf.Where(body => body.Length < 20_000).Select(body => Compress(body, "gzip"))],
            [Compress(new byte[200_000_000], "gzip")],
            body =>
            {
                try
                {
                    OtlpBody.ReadAsync(Request(Protobuf, "gzip", body).Request, limit).GetAwaiter().GetResult();
                }
                catch (OtlpFormatException)
                {
                    // Said to the sender.
                }
            });
    }

    private static void Export(byte[] body, bool isJson)
    {
        try
        {
            _ = isJson ? OtlpJson.Parse(body) : OtlpProtobuf.Parse(new ReadOnlySequence<byte>(body));
        }
        catch (Exception exception) when (exception is OtlpFormatException or InvalidProtocolBufferException)
        {
            // Said to the sender.
        }
    }

    private static void Ask(LogStore store, string query)
    {
        var budget = new QueryBudget(new EmbeddedLokiOptions().MaxQueryBytes, new EmbeddedLokiOptions().MaxQuerySeries);
        try
        {
            var expression = LogQlParser.Parse(query);
            _ = LogQlPrinter.Print(expression);
            if (expression is LogExpression log)
                LogQuery.Run(store, log, Now - (3600 * Second), Now + Second, 100, false, 0, true, budget, new(), CancellationToken.None);
            else
            {
                var steps = new StepRange(Now - (600 * Second), Now, 60 * Second);
                new MetricEvaluator(store, steps, budget, new(), CancellationToken.None).Run((MetricExpression)expression);
            }
        }
        catch (Exception exception) when (exception is LogQlException or LokiException)
        {
            // Said to the client.
        }
    }

    private static ServiceProvider Store(EmbeddedLokiOptions options) =>
        new ServiceCollection().AddEmbeddedLoki(options).BuildServiceProvider();

    private static void Push(PushEndpoint endpoint, string type, string? encoding, byte[] body) =>
        Send(endpoint.HandleAsync, type, encoding, body);

    private static void Push(OtlpEndpoint endpoint, string type, string? encoding, byte[] body) =>
        Send(endpoint.HandleAsync, type, encoding, body);

    // In memory nothing has to be waited for, so all of it runs on the thread that is measured.
    private static void Send(RequestDelegate handle, string type, string? encoding, byte[] body)
    {
        var context = Request(type, encoding, body);
        handle(context).GetAwaiter().GetResult();
        if (context.Response.StatusCode >= 500)
            throw new InvalidOperationException($"answered {context.Response.StatusCode}");
    }

    private static DefaultHttpContext Request(string type, string? encoding, byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Post;
        context.Request.ContentType = type;
        context.Request.ContentLength = body.Length;
        context.Request.Headers.ContentEncoding = encoding;
        context.Request.Body = new MemoryStream(body);
        return context;
    }

    private static PushRequest PushOf(string labels, IEnumerable<string> lines)
    {
        var stream = new StreamAdapter { Labels = labels };
        foreach (var line in lines)
            stream.Entries.Add(new EntryAdapter { Timestamp = new() { Seconds = Now / Second }, Line = line });
        return new() { Streams = { stream } };
    }

    private static IEnumerable<byte[]> LargeRecords()
    {
        yield return Repeat("[", 1_000_000);
        yield return Repeat("{\"a\":", 300_000);
        yield return Repeat("{\"a\":1}\n", 500_000);
        yield return Encoding.ASCII.GetBytes("[" + string.Join(',', Enumerable.Repeat("{}", 500_000)) + "]");
        yield return Encoding.ASCII.GetBytes(
            "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"k{i}\":{{\"level\":\"x\"}}")) + "}");
        yield return Repeat("a=", 1_000_000);
        yield return Repeat("\\", 2_000_000);
        yield return Repeat("\"", 2_000_000);
        yield return Repeat("[x] ", 500_000);
        yield return Repeat("2025-09-14 ", 200_000);
        yield return Repeat(" ", 2_000_000);
        yield return Repeat("\u00e9", 1_000_000);
        yield return [.. Enumerable.Repeat((byte)0xFF, 2_000_000)];
    }

    private static IEnumerable<byte[]> LargeOtlp()
    {
        yield return OddBytes.Message(0x0a, OddBytes.Message(0x12, OddBytes.Empty(400_000)));
        yield return OddBytes.Message(0x0a, [.. OddBytes.Message(0x0a, Attributes(50_000)), .. OddBytes.Message(0x12, Records(5_000, "{\"a\":\"b\"}"))]);
        // Groups and messages as deep as there is room for.
        yield return Repeat("\u000b", 1_000_000);
        var deep = Array.Empty<byte>();
        for (var i = 0; i < 20_000; i++)
            deep = i % 100 == 99
                ? OddBytes.Message(0x2a, OddBytes.Message(0x0a, deep))
                : [.. OddBytes.Message(0x2a, [])[..1], .. OddBytes.Message(0x0a, deep)];
        yield return OddBytes.Message(0x0a, OddBytes.Message(0x12, OddBytes.Message(0x12, OddBytes.Message(0x2a, deep))));
    }

    private static IEnumerable<byte[]> LargeJson()
    {
        var records = string.Join(',', Enumerable.Repeat("{}", 4_000_000));
        yield return Encoding.ASCII.GetBytes($$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{records}}]}]}]}""");
        yield return Repeat("[", 1_000_000);
        yield return Repeat("{\"resourceLogs\":[", 500_000);
    }

    private static byte[] Attributes(int count)
    {
        using var buffer = new MemoryStream();
        for (var i = 0; i < count; i++)
        {
            var key = OddBytes.Message(0x0a, Encoding.ASCII.GetBytes($"k{i}"));
            buffer.Write(OddBytes.Message(0x0a, [.. key, .. OddBytes.Message(0x12, OddBytes.Message(0x0a, "v"u8.ToArray()))]));
        }

        return buffer.ToArray();
    }

    private static byte[] Records(int count, string body)
    {
        var record = OddBytes.Message(0x12, OddBytes.Message(0x2a, OddBytes.Message(0x0a, Encoding.ASCII.GetBytes(body))));
        return [.. Enumerable.Repeat(record, count).SelectMany(bytes => bytes)];
    }

    private static byte[] Compress(byte[] body, string encoding)
    {
        using var buffer = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(buffer, leaveOpen: true),
            _ => LZ4Stream.Encode(buffer, leaveOpen: true),
        })
            stream.Write(body);
        return buffer.ToArray();
    }

    private static byte[] Repeat(string text, int times) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, times)));
}
