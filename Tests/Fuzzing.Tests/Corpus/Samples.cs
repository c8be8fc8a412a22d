using System.Globalization;
using System.Text;
using Google.Protobuf;
using Observability.Forwarder.Tests.Formats;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Fuzzing.Tests.Corpus;

/// <summary>Records such as people have them: a sample of every format that the repository knows.</summary>
internal static class Samples
{
    /// <summary>Lines of JSON, logfmt and text, their times moved to today so that they are not all too old.</summary>
    public static IReadOnlyList<byte[]> Lines { get; } =
        [.. FormatExamples.WithFields.Concat(FormatExamples.Text).Select(example => Encoding.UTF8.GetBytes(Today(example.Line)))];

    /// <summary>Records as Alloy wrote them.</summary>
    public static IReadOnlyList<byte[]> Alloy { get; } =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Cases", "alloy"), "*.bin").Order().Select(File.ReadAllBytes)];

    /// <summary>OTLP requests in protobuf, of one record and of many.</summary>
    public static IReadOnlyList<byte[]> OtlpProtobuf { get; } = [.. Alloy, .. Requests().Select(request => request.ToByteArray())];

    /// <summary>The same in OTLP's JSON, as far as protobuf's reader in this process takes it.</summary>
    public static IReadOnlyList<byte[]> OtlpJson { get; } =
    [
        .. OtlpProtobuf.Select(Parse).OfType<ExportLogsServiceRequest>()
            .Select(request => Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(request))),
        .. new[]
        {
            """
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"json"}}]},"scopeLogs":[{"logRecords":[
            {"timeUnixNano":"0","severityNumber":"SEVERITY_NUMBER_WARN","body":{"kvlistValue":{"values":[
            {"key":"a","value":{"intValue":"1"}},{"key":"b","value":{"doubleValue":"NaN"}}]}},
            "traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}]}]}]}
            """,
            """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{"body":null},{"body":{"arrayValue":{"values":[{"boolValue":true},{}]}}}]}]}]}
            """,
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Records of several lines that are not OTLP, frames of a schema registry, and odd ends.</summary>
    public static IReadOnlyList<byte[]> Several { get; } =
    [
        .. new[]
        {
            """
            {"records":[{"time":"2025-09-14T13:45:02Z","category":"App","level":"Error"},
            {"time":"2025-09-14T13:45:02Z","category":"App","operationName":"Write"}]}
            """,
            """[{"level":"info","msg":"one"},{"level":"warn","msg":"two"},"three",4,null,[5],{"a":{"b":{"c":{}}}}]""",
            "{\"level\":\"info\",\"msg\":\"one\"}\n{\"level\":\"warn\",\"msg\":\"two\"}\n\r\n{\"msg\":\"three\"}",
            """{"level":"NaN","ts":1E+12,"n":[[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]],"m":"\ud800","service":"a\u0000b"}""",
            """{"a":1}{"b":2}""",
            """{"service":"5 errors like: entry for stream '{}' has timestamp too old","level":"error","message":"forged"}""",
            """{"service":"x', total ignored: 1 out of 1 for stream: {","message":"entry too far behind"}""",
            "",
        }.Select(text => Encoding.UTF8.GetBytes(Today(text))),
        [0, 0, 0, 0, 7, .. "{\"level\":\"info\",\"msg\":\"framed\"}"u8],
        [0, 0, 0, 0, 7, 0, .. Requests().First().ToByteArray()],
        [0xEF, 0xBB, 0xBF, .. "{\"level\":\"info\"}"u8],
        [0x0A, 0x00],
        [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [0xFF, 0xFE, 0x00],
        [0x00],
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<byte[]> All { get; } = [.. Lines, .. OtlpProtobuf, .. OtlpJson, .. Several];

    private static IEnumerable<ExportLogsServiceRequest> Requests()
    {
        yield return Request("fuzz", 1, i => new LogRecord { Body = new() { StringValue = "one" }, SeverityText = "WARN" });
        yield return Request("events", 3, i => new LogRecord
        {
            EventName = "order.placed",
            SeverityNumber = 9 + i,
            Attributes = { new KeyValue { Key = "order.id", Value = new() { IntValue = i } } },
        });
        yield return Request("coarse", 200, i => new LogRecord
        {
            TimeUnixNano = Now / 1_000_000_000 * 1_000_000_000,
            Body = new() { StringValue = "same" },
        });
        yield return Request("deep", 1, _ => new LogRecord { Body = Deep(40) });
        yield return Request("long", 4, i => new LogRecord { Body = new() { StringValue = new string((char)('a' + i), 1000 << (2 * i)) } });
    }

    private static ulong Now => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;

    private static ExportLogsServiceRequest Request(string service, int records, Func<int, LogRecord> create)
    {
        var scope = new ScopeLogs { Scope = new() { Name = "scope" } };
        scope.LogRecords.Add(Enumerable.Range(0, records).Select(create));
        return new()
        {
            ResourceLogs =
            {
                new ResourceLogs
                {
                    Resource = new() { Attributes = { new KeyValue { Key = "service.name", Value = new() { StringValue = service } } } },
                    ScopeLogs = { scope },
                },
            },
        };
    }

    // Some of Alloy's records have text that is no UTF-8, which this reader does not take.
    private static ExportLogsServiceRequest? Parse(byte[] bytes)
    {
        try
        {
            return ExportLogsServiceRequest.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static AnyValue Deep(int levels) => levels == 0
        ? new AnyValue { StringValue = "deep" }
        : new AnyValue { ArrayValue = new() { Values = { Deep(levels - 1) } } };

    private static string Today(string line)
    {
        var now = DateTime.UtcNow;
        var seconds = new DateTimeOffset(now).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return line.Replace("2025-09-14", now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("13:45:02", now.ToString("HH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("1757857502", seconds, StringComparison.Ordinal);
    }
}
