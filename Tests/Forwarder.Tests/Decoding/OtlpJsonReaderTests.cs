using System.Text;
using System.Text.Json;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Decoding;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class OtlpJsonReaderTests
{
    [Fact]
    public void The_example_of_the_specification_is_read()
    {
        var line = Assert.Single(Decode("""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"my.service"}}]},
              "scopeLogs":[{"scope":{"name":"my.library","version":"1.0.0","attributes":[]},
                "logRecords":[{"timeUnixNano":"1544712660300000000","observedTimeUnixNano":"1544712660300000001","severityNumber":10,"severityText":"Information",
                  "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","body":{"stringValue":"Example log record"},
                  "attributes":[{"key":"string.attribute","value":{"stringValue":"some string"}},{"key":"boolean.attribute","value":{"boolValue":true}},
                    {"key":"int.attribute","value":{"intValue":"10"}},{"key":"double.attribute","value":{"doubleValue":637.704}},
                    {"key":"array.attribute","value":{"arrayValue":{"values":[{"stringValue":"many"},{"intValue":7}]}}},
                    {"key":"map.attribute","value":{"kvlistValue":{"values":[{"key":"some.map.key","value":{"stringValue":"some value"}}]}}}]}]}]}]}
            """)!);

        Assert.Equal("Example log record", line.Text);
        Assert.Equal(1544712660300000000, line.Timestamp);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["service.name"] = "my.service",
                ["scope_name"] = "my.library",
                ["scope_version"] = "1.0.0",
                ["severity"] = "Information 10",
                ["TraceId"] = "5b8efff798038103d269b633813fc60c",
                ["SpanId"] = "eee19b7ec3c1b174",
                ["string.attribute"] = "some string",
                ["boolean.attribute"] = "true",
                ["int.attribute"] = "10",
                ["double.attribute"] = "637.704",
                ["array.attribute"] = """["many",7]""",
                ["map.attribute"] = """{"some.map.key":"some value"}""",
            },
            new Dictionary<string, string>(line.Attributes));
    }

    [Theory]
    [InlineData("""{"resourceLogs":[]} {}""")]
    [InlineData("""{"resourceLogs":[""")]
    [InlineData("{")]
    [InlineData("""{"resourceLogs""")]
    [InlineData("""{"resourceLogs" """)]
    [InlineData("""{"resourceLogs" []}""")]
    [InlineData("""{"resourceLogs":""")]
    [InlineData("""{"resourceLogs":[]""")]
    [InlineData("""{"resourceLogs":[] "later":1}""")]
    [InlineData("""{"resourceLogs":[],""")]
    [InlineData("""{"later":1,""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void What_is_no_whole_object_is_refused_and_adds_nothing(string text) => Assert.Null(Decode(text));

    // Each of them besides a record that has nothing to do with it.
    [Theory]
    [InlineData("""{"body":{"stringValue":"x"},"timeUnixNano":99999999999999999999}""", "x")]
    [InlineData("""{"body":{"stringValue":"x"},"timeUnixNano":"99999999999999999999"}""", "x")]
    [InlineData("""{"body":{"stringValue":"x"},"timeUnixNano":null,"severityNumber":null,"attributes":null,"traceId":null}""", "x")]
    [InlineData("""{"body":{"stringValue":"x"},"traceId":"not hex","spanId":"abc"}""", "x")]
    [InlineData("""{"body":{"stringValue":"x"},"attributes":[{"key":"a","value":1},7,null,{"key":"b"}]}""", "x")]
    [InlineData("""{"body":{"stringValue":"x","later":[{"a":[]}]},"later":{"a":{}}}""", "x")]
    [InlineData("""{"body":{"stringValue":"a\ud800b"}}""", "a\uFFFDb")]
    [InlineData("""{"body":{"string_value":"original names"}}""", "original names")]
    [InlineData("""{"body":{"intValue":"1e3"}}""", "1000")]
    [InlineData("""{"body":{"intValue":-5.0}}""", "-5")]
    [InlineData("""{"body":{"doubleValue":"NaN"}}""", "NaN")]
    [InlineData("""{"body":{"doubleValue":"1.5"}}""", "1.5")]
    [InlineData("""{"body":{"boolValue":"true"}}""", "true")]
    [InlineData("""{"body":{"boolValue":false}}""", "false")]
    [InlineData("""{"body":{"boolValue":"yes"}}""", "")]
    [InlineData("""{"body":{"stringValue":"null"}}""", "null")]
    [InlineData("""{"body":{"stringValue":null}}""", "")]
    [InlineData("""{"body":{"stringValue":"\u0041b"}}""", "Ab")]
    [InlineData("""{"body":{"intValue":"9223372036854775807"}}""", "9223372036854775807")]
    [InlineData("""{"body":{"intValue":-9223372036854775808}}""", "-9223372036854775808")]
    [InlineData("""{"body":{"intValue":"9223372036854775808"}}""", "")]
    [InlineData("""{"body":{"bytesValue":"_-8="}}""", "/+8=")]
    [InlineData("""{"body":"plain text"}""", "plain text")]
    [InlineData("""{"body":{"intValue":"99999999999999999999"}}""", "")]
    [InlineData("""{"body":null}""", "")]
    [InlineData("""{"body":7}""", "")]
    [InlineData("""{}""", "")]
    public void A_value_that_cannot_be_read_harms_nothing_else(string record, string expected)
    {
        var lines = Decode($$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{{record}}},{"body":{"stringValue":"untouched"}}]}]}]}""")!;

        Assert.Equal([expected, "untouched"], lines.Select(line => line.Text));
    }

    [Theory]
    [InlineData("17", "17")]
    [InlineData("\"17\"", "17")]
    [InlineData("1.7e1", "17")]
    [InlineData("2147483647", "2147483647")]
    [InlineData("-2147483648", "-2147483648")]
    [InlineData("99999999999", "0")]
    [InlineData("\"SEVERITY_NUMBER_TRACE\"", "1")]
    [InlineData("\"SEVERITY_NUMBER_DEBUG3\"", "7")]
    [InlineData("\"SEVERITY_NUMBER_INFO\"", "9")]
    [InlineData("\"SEVERITY_NUMBER_WARN\"", "13")]
    [InlineData("\"SEVERITY_NUMBER_ERROR\"", "17")]
    [InlineData("\"SEVERITY_NUMBER_ERROR2\"", "18")]
    [InlineData("\"SEVERITY_NUMBER_FATAL4\"", "24")]
    [InlineData("\"SEVERITY_NUMBER_LOUD\"", "0")]
    [InlineData("\"SEVERITY_NUMBER_\"", "0")]
    [InlineData("\"LOUD\"", "0")]
    public void Severities_are_numbers_or_their_names(string json, string expected) =>
        Assert.Equal($" {expected}", Assert.Single(
            Decode($$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":{{{json}}}}]}]}]}""")!).Attributes["severity"]);

    [Fact]
    public void A_value_nested_without_end_is_not_followed_without_end()
    {
        // More than any stack would bear.
        const int Depth = 50_000;
        var value = string.Concat(Enumerable.Repeat("""{"arrayValue":{"values":[""", Depth)) + """{"stringValue":"x"}"""
            + string.Concat(Enumerable.Repeat("]}}", Depth));

        var lines = Decode(
            $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{{{value}}}},{"body":{"stringValue":"untouched"}}]}]}]}""")!;

        Assert.Contains("\\uFFFD", lines[0].Text, StringComparison.Ordinal);
        Assert.Equal("untouched", lines[1].Text);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.Equal("x", Assert.Single(Decode("\uFEFF" + """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":"x"}]}]}]}""")!).Text);

    [Fact]
    public void A_request_may_be_of_any_size()
    {
        var bodies = Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), i * 10))
            .Append(new string('\n', 20_000)).Prepend(new string('x', 10_000)).ToList();
        var records = bodies.Select(body => $$$"""{"body":{"stringValue":{{{JsonSerializer.Serialize(body)}}}}}""");

        var lines = Decode($$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{{string.Join(',', records)}}}]}]}]}""")!;

        Assert.Equal(bodies.Select(body => body.EndsWith('\n') ? body[..^1] : body), lines.Select(line => line.Text));
    }

    [Fact]
    public void A_request_is_read_as_its_protobuf_form_is() => OtlpRequests.Any.Sample(
        request => Assert.Equal(OtlpRequests.Expected(request).Select(line => line.ToString()),
            Decode(Json(request))!.Select(line => line.ToString())),
        iter: 300);

    [Fact]
    public void No_cut_and_no_mutation_ever_throws() => Gen.Select(OtlpRequests.Any, Gen.Int[0, 5000], Gen.Int[0, 5000],
        Choice.Of("{", "}", "[", "]", "\"", ",", ":", "null", "\\", "9")).Sample(
        (request, cut, place, with) =>
        {
            var json = Json(request);
            json = json[..Math.Min(cut, json.Length)];

            _ = Decode(json.Insert(place % (json.Length + 1), with));
        },
        iter: 2000);

    // Google's formatter writes what OTLP has but for the ids, which OTLP has in hex.
    private static string Json(ExportLogsServiceRequest request)
    {
        var json = JsonFormatter.Default.Format(request);
        foreach (var record in request.ResourceLogs.SelectMany(logs => logs.ScopeLogs).SelectMany(scope => scope.LogRecords))
        {
            json = Replace(json, "traceId", record.TraceId);
            json = Replace(json, "spanId", record.SpanId);
        }

        return json;
    }

    private static string Replace(string json, string name, ByteString id) =>
        json.Replace($"\"{name}\": \"{id.ToBase64().Replace("+", "\\u002B", StringComparison.Ordinal)}\"",
            $"\"{name}\": \"{Convert.ToHexStringLower(id.Span)}\"", StringComparison.Ordinal)
            .Replace($"\"{name}\": \"{id.ToBase64()}\"", $"\"{name}\": \"{Convert.ToHexStringLower(id.Span)}\"", StringComparison.Ordinal);

    private static List<SinkLine>? Decode(string text)
    {
        if (!new OtlpJsonReader().TryRead(Encoding.UTF8.GetBytes(text), out var request, out var digits))
            return null;
        var sink = new RecordingSink();
        var decoder = new OtlpProtobufDecoder(new LineDecoder());
        Assert.True(OtlpProtobufDecoder.IsRequest(request, out _));
        Assert.True(decoder.Decode(request, digits, sink));
        return sink.Lines;
    }
}
