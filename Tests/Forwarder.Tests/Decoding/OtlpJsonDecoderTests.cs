using System.Text;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class OtlpJsonDecoderTests
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
                ["severity_text"] = "Information",
                ["TraceId"] = "5B8EFFF798038103D269B633813FC60C",
                ["SpanId"] = "EEE19B7EC3C1B174",
                ["string.attribute"] = "some string",
                ["boolean.attribute"] = "true",
                ["int.attribute"] = "10",
                ["double.attribute"] = "637.704",
                ["array.attribute"] = """["many",7]""",
                ["map.attribute"] = """{"some.map.key":"some value"}""",
            },
            new Dictionary<string, string>(line.Fields));
    }

    [Theory]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"},"timeUnixNano":99999999999999999999}]}]}]}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"},"timeUnixNano":"99999999999999999999"}]}]}]}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"intValue":"99999999999999999999"}}]}]}]}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"doubleValue":"\ud800"}}]}]}]}""")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":"text"}]}]}]}""")]
    [InlineData("""{"resourceLogs":{}}""")]
    [InlineData("""{"resourceLogs":[1]}""")]
    [InlineData("""{"resourceLogs":[]} {}""")]
    [InlineData("""{"resourceLogs":[""")]
    [InlineData("""[]""")]
    [InlineData("")]
    public void What_is_no_request_is_refused_and_adds_nothing(string text) => Assert.Null(Decode(text));

    [Fact]
    public void A_record_without_a_body_is_an_empty_line() =>
        Assert.Equal("", Assert.Single(Decode("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":9}]}]}]}""")!).Text);

    [Fact]
    public void A_request_is_read_as_its_protobuf_form_is() => OtlpRequests.Any.Sample(
        request =>
        {
            // Google's formatter writes the same JSON but for ids, which OTLP has in hex, the e of a number, and the plus of base64.
            var json = JsonFormatter.Default.Format(request);
            foreach (var record in request.ResourceLogs.SelectMany(logs => logs.ScopeLogs).SelectMany(scope => scope.LogRecords))
            {
                json = Replace(json, "traceId", record.TraceId);
                json = Replace(json, "spanId", record.SpanId);
            }

            Assert.Equal(
                OtlpRequests.Expected(request).Select(line => (line.Timestamp, line.Fields.GetValueOrDefault("TraceId")?.ToUpperInvariant())),
                Decode(json)!.Select(line => (line.Timestamp, line.Fields.GetValueOrDefault("TraceId")?.Replace("\\u002B", "+", StringComparison.Ordinal).ToUpperInvariant())));
        },
        iter: 200);

    private static string Replace(string json, string name, ByteString id) =>
        json.Replace($"\"{name}\": \"{id.ToBase64()}\"", $"\"{name}\": \"{Convert.ToHexStringLower(id.Span)}\"", StringComparison.Ordinal);

    private static List<SinkLine>? Decode(string text)
    {
        var sink = new RecordingSink();
        var valid = OtlpJsonDecoder.TryDecode(Encoding.UTF8.GetBytes(text), sink);
        Assert.True(valid || sink.Lines.Count == 0);
        return valid ? sink.Lines : null;
    }
}
