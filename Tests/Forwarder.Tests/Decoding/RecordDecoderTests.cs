using System.Text;
using System.Text.Unicode;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class RecordDecoderTests
{
    private static readonly RecordFormat[] Formats = Enum.GetValues<RecordFormat>();

    // Words of all formats, so that mutations get further than the first byte.
    private static readonly Gen<byte[]> Words = Choice.Of(
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u00", "\\ud800", "\"level\"", "\"resourceLogs\"", "\"scopeLogs\"", "\"logRecords\"",
        "\"body\"", "\"stringValue\"", "\"arrayValue\"",
        "\"values\"", "\"intValue\"", "\"timeUnixNano\"", "99999999999999999999", "-1", "1e999", "null", "true", "level=", "msg=\"",
        " ", "\n", "é")
        .Array[0, 20].Select(words => Encoding.UTF8.GetBytes(string.Concat(words)));

    private static readonly Gen<byte[]> Valid = Gen.OneOf(
        OtlpRequests.Any.Select(request => request.ToByteArray()),
        OtlpRequests.Any.Select(request => Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(request))),
        Gen.Const(
            """{"timestamp":"2025-09-14T13:45:00.123Z","level":"INFO","service":"test-app","message":"done","n":1.5}"""u8.ToArray()),
        Gen.Const("level=info ts=2025-09-14T13:45:00Z msg=\"hello \\\"world\\\"\""u8.ToArray()));

    private static readonly Gen<byte[]> Mutated = Gen.Select(Valid,
        Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[0, 3], Gen.Byte).Array[1, 5], Mutate);

    [Fact]
    public void No_input_of_any_format_ever_throws_or_gets_lost() =>
        Gen.OneOf(Gen.Byte.Array[1, 60], Words, Mutated, Valid).Where(value => value.Length > 0).Sample(
        value =>
        {
            foreach (var format in Formats)
            {
                var sink = new RecordingSink();

                var decoder = new RecordDecoder();
                var decoded = decoder.Decode(format, value, sink);

                if (IsOtlp(format, value))
                    continue;
                Assert.True(sink.Lines.Count > 0, $"{format} lost the record");
                if (!decoded && Utf8.IsValid(value))
                    Assert.Equal(Encoding.UTF8.GetString(FormatSnifferOf(format, value)).TrimEnd('\r', '\n'),
                        Assert.Single(sink.Lines).Text);
            }
        },
        iter: 4000);

    [Theory]
    [InlineData("Json", "{\"level\":\"info\"", "level=info")]
    [InlineData("Json", "{\"level\":\"info\",\"message\":\"cut o", "level=info")]
    [InlineData("Json", "no json", "")]
    [InlineData("OtlpJson", "{\"resourceLogs\":[", "")]
    [InlineData("OtlpProtobuf", "no protobuf", "")]
    [InlineData("Logfmt", "level=info msg=\"open", "level=info")]
    [InlineData("Auto", "{\"level\":\"info\",\"message\":\"cut o", "level=info")]
    public void What_cannot_be_decoded_is_one_raw_line_with_the_fields_before_the_fault(string format, string text, string fields)
    {
        var sink = new RecordingSink();

        Assert.False(Decode(Enum.Parse<RecordFormat>(format), Encoding.UTF8.GetBytes(text + "\r\n"), sink));

        Assert.Equal(text, Assert.Single(sink.Lines).Text);
        Assert.Equal(fields, string.Join('|', sink.Lines[0].Fields.Select(field => $"{field.Key}={field.Value}")));
    }

    [Fact]
    public void A_byte_that_is_no_utf8_leaves_the_fields_of_the_line_alone()
    {
        var sink = new RecordingSink();
        byte[] line = [.. "{\"level\":\"warn\",\"message\":\"caf"u8, 0xE9, .. "\"}"u8];

        Assert.False(Decode(RecordFormat.Auto, line, sink));

        Assert.Equal("{\"level\":\"warn\",\"message\":\"caf\uFFFD\"}", Assert.Single(sink.Lines).Text);
        Assert.Equal("warn", sink.Lines[0].Fields["level"]);
    }

    [Theory]
    [InlineData("Auto", "{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}\n", "{\"a\":1}|{\"a\":2}|{\"a\":3}")]
    [InlineData("Json", "{\"a\":1}\n{\"a\":2}", "{\"a\":1}|{\"a\":2}")]
    [InlineData("Json", "{\"a\":1}\n", "{\"a\":1}")]
    [InlineData("Text", "a\r", "a")]
    [InlineData("Auto", "{\"records\":[[\"time\",\"category\"]]}", "{\"records\":[[\"time\",\"category\"]]}")]
    [InlineData("Auto", "{\"records\":[{\"time\":\"t\",\"category\":\"c\",\"n\":1},{\"n\":2}]}",
        "{\"time\":\"t\",\"category\":\"c\",\"n\":1}|{\"n\":2}")]
    [InlineData("Auto", "{ \"records\" : [ {\"operationName\":\"o\",\"time\":\"t\"} , {\"n\":2} ] }",
        "{\"operationName\":\"o\",\"time\":\"t\"}|{\"n\":2}")]
    [InlineData("Auto", "{\"records\":[{\"resourceId\":\"r\",\"time\":\"t\"},7]}", "{\"resourceId\":\"r\",\"time\":\"t\"}|7")]
    [InlineData("Auto", "{\"records\":[{\"category\":\"c\"}]}", "{\"records\":[{\"category\":\"c\"}]}")]
    [InlineData("Auto", "{\"records\":[{\"time\":\"t\"}]}", "{\"records\":[{\"time\":\"t\"}]}")]
    [InlineData("Auto", "{\"records\":[\"time category\"]}", "{\"records\":[\"time category\"]}")]
    [InlineData("Auto", "{\"records\":[]}", "{\"records\":[]}")]
    [InlineData("Auto", "{\"records\":{\"time\":\"t\",\"category\":\"c\"}}", "{\"records\":{\"time\":\"t\",\"category\":\"c\"}}")]
    [InlineData("Auto", "{\"records\":[{\"n\":1},{\"n\":2}]}", "{\"records\":[{\"n\":1},{\"n\":2}]}")]
    [InlineData("Auto", "[{\"n\":1},{\"n\":2}]", "[{\"n\":1},{\"n\":2}]")]
    [InlineData("JsonArray", " [ {\"n\":1} , \"text\", 7 ] ", "{\"n\":1}|\"text\"|7")]
    [InlineData("JsonArray", "{\"records\":[{\"n\":1},{\"n\":2}]}", "{\"n\":1}|{\"n\":2}")]
    [InlineData("JsonArray", "{\"n\":1}", "{\"n\":1}")]
    [InlineData("Auto", "{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"a\": 1,\n  \"b\": 2\n}")]
    public void A_record_of_several_lines_is_taken_apart(string format, string text, string expected)
    {
        var sink = new RecordingSink();

        Assert.True(Decode(Enum.Parse<RecordFormat>(format), Encoding.UTF8.GetBytes(text), sink));

        Assert.Equal(expected.Split('|'), sink.Lines.Select(line => line.Text));
        Assert.Equal(sink.Lines.Count > 1, sink.HoldsSeveral);
    }

    [Theory]
    [InlineData("JsonArray", "[]")]
    [InlineData("JsonArray", "[1,2")]
    [InlineData("JsonArray", "[1] x")]
    [InlineData("JsonArray", "[\"a\",\"b")]
    [InlineData("JsonArray", "[\"a\" \"b\"]")]
    [InlineData("JsonArray", "[{\"n\":1},{\"n\":2")]
    [InlineData("JsonArray", "[{\"n\":1},")]
    [InlineData("JsonArray", "[tru]")]
    [InlineData("JsonArray", "{records\":[1]}")]
    [InlineData("JsonArray", "{x:[1]}")]
    [InlineData("JsonArray", "{")]
    [InlineData("JsonArray", " ")]
    [InlineData("JsonArray", "x1]")]
    [InlineData("JsonArray", "xy1]")]
    [InlineData("JsonArray", "{\"rec")]
    [InlineData("JsonArray", "{\"records\"")]
    [InlineData("JsonArray", "{\"records\";[1]}")]
    [InlineData("JsonArray", "{\"records\":")]
    [InlineData("JsonArray", "text")]
    [InlineData("Json", "{\"a\":1} {\"b\":2}")]
    [InlineData("Json", "{\"a\":1}\ntext")]
    [InlineData("Json", "{\"a\":{}\n{\"b\":2}")]
    public void What_cannot_be_taken_apart_is_one_line(string format, string text)
    {
        var sink = new RecordingSink();

        Assert.False(Decode(Enum.Parse<RecordFormat>(format), Encoding.UTF8.GetBytes(text), sink));

        Assert.Equal(text, Assert.Single(sink.Lines).Text);
    }

    [Fact]
    public void The_elements_of_an_array_have_fields_as_lines_have()
    {
        var sink = new RecordingSink();

        Assert.True(Decode(RecordFormat.JsonArray, "[{\"level\":\"warn\"},\"level=error a=b\"]"u8, sink));

        Assert.Equal("warn", Assert.Single(sink.Lines[0].Fields).Value);
    }

    [Fact]
    public void A_topics_format_goes_before_what_the_first_bytes_look_like()
    {
        var request = OtlpOf("line").ToByteArray();
        foreach (var format in new[] { RecordFormat.OtlpProtobuf, RecordFormat.Auto })
        {
            var sink = new RecordingSink();
            Assert.True(Decode(format, request, sink));
            Assert.Equal(("line", true), (Assert.Single(sink.Lines).Text, sink.HoldsSeveral));
        }

        foreach (var format in new[] { RecordFormat.Text, RecordFormat.Json, RecordFormat.JsonArray, RecordFormat.Logfmt })
        {
            var sink = new RecordingSink();
            Decode(format, request, sink);
            Assert.NotEqual("line", Assert.Single(sink.Lines).Text);
        }
    }

    [Fact]
    public void An_empty_record_is_an_empty_line_in_every_format_but_as_a_request()
    {
        foreach (var format in Formats.Where(format => format != RecordFormat.OtlpProtobuf))
        {
            var sink = new RecordingSink();
            Decode(format, default, sink);
            Assert.Equal("", Assert.Single(sink.Lines).Text);
        }
    }

    [Fact]
    public void What_is_no_logfmt_is_read_as_text()
    {
        var sink = new RecordingSink();

        Assert.False(Decode(RecordFormat.Logfmt, "2025-09-14 13:45:00.123 ERROR plain"u8, sink));

        Assert.Equal(("error", 1757857500_123000000), (sink.Lines[0].Level, sink.Lines[0].HeadTime.Nanoseconds));
    }

    [Fact]
    public void The_frame_of_a_schema_registry_is_taken_off()
    {
        var json = new RecordingSink();
        var protobuf = new RecordingSink();
        var text = new RecordingSink();

        Assert.True(Decode(RecordFormat.Auto, [0, 0, 0, 0, 1, .. "{\"level\":\"error\"}"u8], json));
        Assert.True(Decode(RecordFormat.Auto, [0, 0, 0, 0, 1, 0, .. OtlpOf("line").ToByteArray()], protobuf));
        Assert.True(Decode(RecordFormat.Auto, [0, 0, 0, 0, 1, .. "text"u8], text));

        Assert.Equal(("{\"level\":\"error\"}", "error"), (json.Lines[0].Text, json.Lines[0].Fields["level"]));
        Assert.Equal("line", protobuf.Lines[0].Text);
        Assert.Equal("\0\0\0\0\u0001text", text.Lines[0].Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("\0\0\0\0\u0001")]
    [InlineData("\0\0\0\0\u0001\0")]
    [InlineData("\0\0\0\0\u0001\0x")]
    [InlineData("\0\0\0\0\u0001x\n")]
    [InlineData("\u0001\0\0\0\u0001{}")]
    public void What_only_begins_like_the_frame_of_a_schema_registry_stays(string text) =>
        Assert.Equal(text, Encoding.UTF8.GetString(FormatSniffer.WithoutRegistryFrame(Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData("Text")]
    [InlineData("Json")]
    [InlineData("Logfmt")]
    [InlineData("Auto")]
    public void What_is_no_utf8_keeps_its_readable_part(string format)
    {
        var sink = new RecordingSink();

        Assert.False(Decode(Enum.Parse<RecordFormat>(format), [(byte)'a', 0xFF, (byte)'b'], sink));

        Assert.Equal("a\uFFFDb", Assert.Single(sink.Lines).Text);
    }

    [Fact]
    public void A_stack_trace_stays_one_line()
    {
        var sink = new RecordingSink();

        Assert.True(Decode(RecordFormat.Auto, "System.Exception: no\n   at A()\n   at B()\n"u8, sink));

        Assert.Equal("System.Exception: no\n   at A()\n   at B()", Assert.Single(sink.Lines).Text);
    }

    [Fact]
    public void What_one_record_leaves_behind_does_not_reach_the_next()
    {
        var sink = new RecordingSink();
        var decoder = new RecordDecoder();

        decoder.Decode(RecordFormat.Json, "{\"level\":\"error\",\"cut"u8, sink);
        decoder.Decode(RecordFormat.Text, "plain"u8, sink);

        Assert.Empty(sink.Lines[1].Fields);
    }

    private static bool IsOtlp(RecordFormat format, byte[] value) =>
        (format == RecordFormat.Auto ? FormatSniffer.Sniff(FormatSniffer.WithoutRegistryFrame(value)) : format) is RecordFormat.OtlpProtobuf
            or RecordFormat.OtlpJson;

    private static byte[] FormatSnifferOf(RecordFormat format,
        byte[] value) => format == RecordFormat.Text ? value : FormatSniffer.WithoutRegistryFrame(value).ToArray();

    private static bool Decode(RecordFormat format, ReadOnlySpan<byte> value, ILineSink sink)
    {
        var decoder = new RecordDecoder();
        return decoder.Decode(format, value, sink);
    }

    private static ExportLogsServiceRequest OtlpOf(string line)
    {
        var scope = new ScopeLogs { LogRecords = { new LogRecord { Body = new() { StringValue = line } } } };
        return new() { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } };
    }

    private static byte[] Mutate(byte[] value, (int Place, int Kind, byte With)[] mutations)
    {
        var bytes = value.ToList();
        foreach (var (place, kind, with) in mutations)
        {
            var at = bytes.Count == 0 ? 0 : place % bytes.Count;
            if (kind == 0)
                bytes.Insert(at, with);
            else if (bytes.Count == 0)
                continue;
            else if (kind == 1)
                bytes.RemoveAt(at);
            else if (kind == 2)
                bytes[at] = with;
            else
                bytes.RemoveRange(at, bytes.Count - at);
        }

        return [.. bytes];
    }
}
