using System.Text;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Decoding;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class OtlpProtobufDecoderTests
{
    [Fact]
    public void Any_request_is_read_as_the_generated_types_read_it() => OtlpRequests.Any.Sample(
        request => Assert.Equal(OtlpRequests.Expected(request).Select(line => line.ToString()),
            Decode(request.ToByteArray())!.Select(line => line.ToString())),
        iter: 500);

    [Fact]
    public void A_resource_behind_its_log_records_still_gives_them_its_attributes()
    {
        var logs = Logs(new LogRecord { Body = new() { StringValue = "line" } });
        var resource = new ResourceLogs { Resource = new() };
        resource.Resource.Attributes.Add(new KeyValue { Key = "service.name", Value = new() { StringValue = "shop" } });
        // Fields of a message may come in any order: two encodings of one message, joined, are one message.
        var request = Field(1, [.. logs.ToByteArray(), .. resource.ToByteArray()]);

        var line = Assert.Single(Decode(request)!);

        Assert.Equal("shop", line.Attributes["service.name"]);
    }

    [Fact]
    public void A_field_of_a_later_version_changes_nothing()
    {
        // AnyValue { string_value = "text", 8 = bytes that are no UTF-8 }.
        byte[] body = [.. new AnyValue { StringValue = "text" }.ToByteArray(), .. Field(8, [0xFF])];
        var request = Field(1, Field(2, Field(2, Field(5, body))));

        Assert.Equal("text", Assert.Single(Decode(request)!).Text);
        // InstrumentationScope { 9 = what would be an attribute }.
        var pair = new KeyValue { Key = "k", Value = new() { StringValue = "v" } }.ToByteArray();
        var scope = Field(1, Field(2, [.. Field(1, Field(9, pair)), .. Field(2, Field(5, body))]));
        Assert.DoesNotContain("k", Assert.Single(Decode(scope)!).Attributes.Keys);
        // 8 = 1 as a varint; string_value of another wire type.
        foreach (var other in (byte[][])[[0x40, 1], [0x08, 1]])
            Assert.Equal("text", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, [.. body, .. other])))))!).Text);
    }

    [Fact]
    public void What_holds_anything_but_resources_scopes_and_records_is_no_request()
    {
        byte[] scope = Field(2, new LogRecord { Body = new() { StringValue = "x" } }.ToByteArray());
        byte[] varint1 = [0x08, 1], varint2 = [0x10, 1], varint3 = [0x18, 1], later = [0x48, 1];

        Assert.True(IsRequest([.. Field(1, Field(2, [.. scope, .. later])), .. Field(1, [.. Field(2, scope), .. later])]));
        Assert.All(
            (byte[][])
            [
                [.. Field(1, Field(2, scope)), .. Field(2, Field(2, scope))], [.. Field(1, Field(2, scope)), .. varint1],
                Field(1, varint1), Field(1, varint2), Field(1, varint3),
                Field(1, Field(2, varint1)), Field(1, Field(2, varint2)), Field(1, Field(2, varint3)),
            ],
            message => Assert.False(IsRequest(message), Convert.ToHexString(message)));

        static bool IsRequest(byte[] message) => OtlpProtobufDecoder.IsRequest(message, out _);
    }

    [Fact]
    public void Bytes_of_any_length_are_base64()
    {
        var bytes = Enumerable.Range(0, 10_000).Select(i => (byte)i).ToArray();

        Assert.Equal(Convert.ToBase64String(bytes), Assert.Single(
            Decode(Request(new LogRecord { Body = new() { BytesValue = ByteString.CopyFrom(bytes) } }))!).Text);
    }

    [Fact]
    public void A_trace_is_told_where_its_id_has_the_right_length_and_the_line_does_not_show_it()
    {
        byte[] id = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        var hex = Convert.ToHexStringLower(id);

        LogRecord[] records =
        [
            Record(id, "x"), Record(id[..15], "x"), Record(id, hex), Record(id, $"trace {hex}"), Record(id[..8], "x"), Record([], "x"),
        ];

        var lines = Decode(Request(records))!;

        Assert.Equal([hex, null, null, null, hex[..16], null], lines.Select(line => line.Attributes.GetValueOrDefault("TraceId")));
        Assert.All(lines, line => Assert.Empty(line.Attributes.Keys.Except(["TraceId", "severity"])));

        static LogRecord Record(byte[] id, string body) =>
            new() { TraceId = ByteString.CopyFrom(id), Body = new() { StringValue = body } };
    }

    [Fact]
    public void Each_number_of_a_severity_is_of_its_level()
    {
        string[] levels = ["trace", "debug", "info", "warn", "error", "fatal"];

        Assert.Equal(
            [.. Enumerable.Range(1, 24).Select(number => levels[(number - 1) / 4]), "", "", ""],
            ((int[])[.. Enumerable.Range(1, 24), 0, 25, -1]).Select(number => Encoding.UTF8.GetString(OtlpSeverity.Level(number))));
    }

    [Fact]
    public void An_unknown_field_within_an_array_is_no_element()
    {
        // ArrayValue { values = "a", 3 = what would be broken text if it were an AnyValue }.
        byte[] array = [.. Field(1, new AnyValue { StringValue = "a" }.ToByteArray()), .. Field(3, Field(1, [0xFF]))];
        byte[] list = [.. Field(1, new KeyValue { Key = "k", Value = new() { IntValue = 1 } }.ToByteArray()),
            .. Field(3, Field(1, [0xFF]))];

        Assert.Equal("[\"a\"]", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, Field(5, array))))))!).Text);
        Assert.Equal("{\"k\":1}", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, Field(6, list))))))!).Text);
    }

    [Fact]
    public void The_last_of_two_values_counts_as_it_does_for_any_oneof()
    {
        var array = new AnyValue { ArrayValue = new() };
        array.ArrayValue.Values.Add(new AnyValue { BoolValue = true });
        byte[] body = [.. new AnyValue { StringValue = "first" }.ToByteArray(), .. array.ToByteArray()];

        Assert.Equal("[true]", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, body)))))!).Text);
    }

    [Fact]
    public void Values_nested_without_end_are_not_followed_and_harm_nothing_else()
    {
        var known = new AnyValue { StringValue = "x" }.ToByteArray();
        var unknown = known;
        var pairs = known;
        for (var depth = 0; depth < 2000; depth++)
        {
            known = Field(5, Field(1, known));
            pairs = Field(6, Field(1, [.. Field(1, "k"u8.ToArray()), .. Field(2, pairs)]));
            unknown = Field(5, Field(9, unknown));
        }

        var untouched = Field(2, new LogRecord { Body = new() { StringValue = "untouched" } }.ToByteArray());
        var lines = Decode(Field(1, Field(2,
            [.. Field(2, Field(5, known)), .. Field(2, Field(5, pairs)), .. Field(2, Field(5, unknown)), .. untouched])))!;

        Assert.Contains("\\uFFFD", lines[0].Text, StringComparison.Ordinal);
        Assert.Contains("\\uFFFD", lines[1].Text, StringComparison.Ordinal);
        Assert.Equal(["[]", "untouched"], lines[2..].Select(line => line.Text));
    }

    [Fact]
    public void An_attribute_forty_levels_deep_is_kept()
    {
        var value = new AnyValue { IntValue = 7 };
        for (var depth = 0; depth < 40; depth++)
            value = new AnyValue { ArrayValue = new() { Values = { value } } };
        var record = new LogRecord { Body = new() { StringValue = "line" }, Attributes = { new KeyValue { Key = "deep", Value = value } } };

        var line = Assert.Single(Decode(Request(record))!);

        Assert.Equal(new string('[', 40) + "7" + new string(']', 40), line.Attributes["deep"]);
        Assert.Equal("line", line.Text);
    }

    [Fact]
    public void A_request_that_is_cut_off_anywhere_within_its_records_adds_nothing() =>
        OtlpRequests.Any.Where(request => request.ResourceLogs.Count > 0).Sample(
        request =>
        {
            var bytes = request.ToByteArray();
            var whole = request.ResourceLogs.Select((_, index) =>
                new ExportLogsServiceRequest { ResourceLogs = { request.ResourceLogs.Take(index) } }.CalculateSize()).ToHashSet();
            for (var length = 1; length < bytes.Length; length++)
            {
                // Between two resources the request is merely shorter.
                if (!whole.Contains(length))
                    Assert.Null(Decode(bytes[..length]));
            }
        },
        iter: 50);

    [Fact]
    public void Text_that_is_no_utf8_degrades_alone()
    {
        byte[] broken = [(byte)'a', 0xE9, (byte)'b'];
        byte[] attribute = Field(6, [.. Field(1, [(byte)'k', 0xFF]), .. Field(2, Field(1, broken))]);
        byte[] record = [.. Field(3, broken), .. Field(5, Field(1, broken)), .. attribute];
        var untouched = new LogRecord { Body = new() { StringValue = "grüße" } }.ToByteArray();
        var resource = Field(1, Field(1, [.. Field(1, "service.name"u8.ToArray()), .. Field(2, Field(1, broken))]));

        var lines = Decode(Field(1, [.. resource, .. Field(2, [.. Field(2, record), .. Field(2, untouched)])]))!;

        Assert.Equal(["a\uFFFDb", "grüße"], lines.Select(line => line.Text));
        Assert.Equal("a\uFFFDb", lines[0].Attributes["k\uFFFD"]);
        Assert.Equal("a\uFFFDb 0", lines[0].Attributes["severity"]);
        Assert.All(lines, line => Assert.Equal("a\uFFFDb", line.Attributes["service.name"]));
    }

    [Fact]
    public void A_log_record_that_is_broken_is_a_raw_line_and_the_others_are_read()
    {
        var good = new LogRecord { Body = new() { StringValue = "good" } }.ToByteArray();
        // Field 5 says that it has 100 bytes.
        byte[] broken = [0x2A, 100, (byte)'x'];
        var request = Field(1, Field(2, [.. Field(2, good), .. Field(2, broken), .. Field(2, good)]));
        var sink = new RecordingSink();
        var decoder = new OtlpProtobufDecoder(new LineDecoder());

        Assert.True(OtlpProtobufDecoder.IsRequest(request, out var digits));
        Assert.False(decoder.Decode(request, digits, sink));

        Assert.Equal(["good", "*dx", "good"], sink.Lines.Select(line => line.Text));
    }

    [Fact]
    public void A_record_without_a_body_is_rendered_from_its_event_name_and_attributes()
    {
        var record = new LogRecord
        {
            EventName = "http.request",
            Attributes = { Attribute("path", "/a b"), Attribute("status", "200"), Attribute("log.record.uid", "u-1") }
        };
        var withEmptyMap = new LogRecord { Body = new() { KvlistValue = new() }, Attributes = { Attribute("status", "404") } };

        Assert.Equal(
            ["event_name=http.request path=\"/a b\" status=200", "status=404", ""],
            Decode(Request(record, withEmptyMap, new LogRecord()))!.Select(line => line.Text));
    }

    [Fact]
    public void An_empty_line_of_a_pod_stays_empty() =>
        Assert.Equal("", Assert.Single(
            Decode(Request(new LogRecord
            {
                Body = new() { StringValue = "\n" },
                Attributes = { Attribute("loki.attribute.labels", "pod"), Attribute("pod", "p") }
            }))!).Text);

    [Fact]
    public void The_line_feed_that_ended_a_line_is_taken_off_and_no_more() =>
        Assert.Equal(["a", "a\n", "a\r", " a "],
            Decode(Request(Body("a\n"), Body("a\n\n"), Body("a\r\n"), Body(" a ")))!.Select(line => line.Text));

    [Fact]
    public void A_time_in_another_unit_than_nanoseconds_is_read_in_the_unit_that_it_has()
    {
        var seconds = 1_757_857_500UL;
        ulong[] times = [seconds, seconds * 1_000, seconds * 1_000_000, seconds * 1_000_000_000];

        Assert.All(
            Decode(Request([.. times.Select(time => new LogRecord { TimeUnixNano = time })]))!,
            line => Assert.Equal((1_757_857_500_000_000_000, true), (line.Timestamp, line.Time.HasZone)));
        // A date as a number is none.
        Assert.Equal(0, Assert.Single(Decode(Request(new LogRecord { TimeUnixNano = 20_250_914_134_500 }))!).Timestamp);
    }

    [Theory]
    [InlineData(9, 1_757_857_500_000_000_000, 1_757_857_501_000_000_000)]
    [InlineData(6, 1_757_857_500_000_000_000)]
    [InlineData(6, 1_757_857_500_000_000_000, 1_757_857_500_123_000_000)]
    [InlineData(2, 1_757_857_500_123_456_700, 1_757_857_500_000_000_000)]
    [InlineData(2, 1_757_857_500_123_457_000)]
    [InlineData(2, 1_757_857_500_123_450_000, 1_757_857_500_123_457_000)]
    [InlineData(0, 1_757_857_500_123_456_789, 1_757_857_500_000_000_000)]
    [InlineData(6, 1_757_857_500_000_000_000, 0L)]
    [InlineData(6, 100_000_000_000_000_000)]
    [InlineData(0, long.MaxValue)]
    [InlineData(-1, 1_757_857_500L, 1_757_857_500_123)]
    [InlineData(-1, 99_999_999_999_999_999, -1L)]
    [InlineData(-1, 0L)]
    [InlineData(-1)]
    public void The_times_of_a_request_together_tell_how_fine_their_clock_is(int expected, params long[] times)
    {
        var request = new ExportLogsServiceRequest { ResourceLogs = { Logs([.. times.Select(Record)]) } };

        Assert.True(OtlpProtobufDecoder.IsRequest(request.ToByteArray(), out var digits));
        Assert.True(new OtlpJsonReader().TryRead(Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(request)), out _, out var ofJson));
        // As the Collector's encoder writes a record: from its end.
        var body = Field(5, Field(1, "a line"u8.ToArray()));
        var backwards = times.SelectMany(time => Field(2, [.. body, 9, .. BitConverter.GetBytes(time)]));
        Assert.True(OtlpProtobufDecoder.IsRequest(Field(1, Field(2, [.. backwards])), out var ofBackwards));

        Assert.Equal((expected, expected, expected), (digits, ofJson, ofBackwards));

        static LogRecord Record(long time) =>
            new() { TimeUnixNano = (ulong)time, ObservedTimeUnixNano = 1_757_857_500_123_456_789, Body = new() { StringValue = "a line" } };
    }

    [Fact]
    public void A_line_has_the_clock_of_its_request_or_else_of_its_own_time()
    {
        var fine = Request(
            new LogRecord { TimeUnixNano = 1_757_857_500_123_456_789 }, new LogRecord { TimeUnixNano = 1_757_857_501_000_000_000 });
        Assert.Equal([0, 0], Decode(fine)!.Select(line => line.Time.Digits));

        // A time in the middle of the record is not seen at a glance.
        byte[] time = [9, .. BitConverter.GetBytes(1_757_857_500_123_000_000)];
        byte[] between = Field(2, [.. Field(5, Field(1, "x"u8.ToArray())), .. time, .. Field(3, "INFO"u8.ToArray())]);
        Assert.True(OtlpProtobufDecoder.IsRequest(Field(1, Field(2, between)), out var digits));
        Assert.Equal(-1, digits);
        Assert.Equal(new ParsedTime(1_757_857_500_123_000_000, 6, HasZone: true), Assert.Single(Decode(Field(1, Field(2, between)))!).Time);
    }

    [Fact]
    public void Eight_times_that_end_in_three_zeros_are_those_of_a_clock_of_microseconds()
    {
        var records = Enumerable.Range(1, 8).Select(i => new LogRecord { TimeUnixNano = 1_757_857_500_000_000_000 + ((ulong)i * 1000) });

        Assert.True(OtlpProtobufDecoder.IsRequest(Request([.. records]), out var digits));
        Assert.Equal(3, digits);
    }

    [Fact]
    public void Text_that_begins_with_a_line_feed_is_no_request()
    {
        foreach (var text in new[] { "\nat Program.Main()", "\n", "\n\n\n", "\n  at A()\n  at B()", "\n{\"level\":\"info\"}",
            "\n\u0012\u0002hi" })
            Assert.False(text.Length > 1 && OtlpProtobufDecoder.IsRequest(Encoding.UTF8.GetBytes(text), out _), text);
    }

    private static LogRecord Body(string text) => new() { Body = new() { StringValue = text } };

    private static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new() { StringValue = value } };

    private static byte[] Request(params LogRecord[] records)
    {
        var scope = new ScopeLogs();
        scope.LogRecords.Add(records);
        return new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } }.ToByteArray();
    }

    [Fact]
    public void The_trace_of_a_log_record_is_told_when_its_sender_has_sampled_it()
    {
        var scope = new ScopeLogs();
        foreach (var (flags, length) in new[] { (1u, 16), (0u, 16), (1u, 15), (0x101u, 16) })
        {
            scope.LogRecords.Add(new LogRecord
            {
                Body = new() { StringValue = "line" },
                Flags = flags,
                TraceId = ByteString.CopyFrom([.. Enumerable.Repeat((byte)flags, length)]),
                SpanId = ByteString.CopyFrom([.. Enumerable.Repeat((byte)0xAB, 8)]),
            });
        }

        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } }.ToByteArray();
        Assert.True(OtlpProtobufDecoder.IsRequest(request, out var digits));
        var sink = new RecordingSink();
        Assert.True(new OtlpProtobufDecoder(new LineDecoder()).Decode(request, digits, sink));

        Assert.Equal(Enumerable.Repeat("01010101010101010101010101010101/abababababababab", 2), sink.Traces);
    }

    [Fact]
    public void The_trace_of_a_log_record_in_JSON_is_told_alike()
    {
        var reader = new OtlpJsonReader();
        Assert.True(reader.TryRead(
            """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[
              {"flags":1,"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}]}]}]}
            """u8,
            out var request,
            out var digits));
        var sink = new RecordingSink();
        new OtlpProtobufDecoder(new LineDecoder()).Decode(request, digits, sink);

        Assert.Equal(["5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174"], sink.Traces);
    }

    private static ResourceLogs Logs(params LogRecord[] records)
    {
        var scope = new ScopeLogs();
        scope.LogRecords.Add(records);
        var logs = new ResourceLogs();
        logs.ScopeLogs.Add(scope);
        return logs;
    }

    private static byte[] Field(int number, byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(bytes));
        }

        return stream.ToArray();
    }

    private static List<SinkLine>? Decode(byte[] value)
    {
        if (!OtlpProtobufDecoder.IsRequest(value, out var digits))
            return null;
        var sink = new RecordingSink();
        var decoder = new OtlpProtobufDecoder(new LineDecoder());
        Assert.True(decoder.Decode(value, digits, sink));
        return sink.Lines;
    }
}
