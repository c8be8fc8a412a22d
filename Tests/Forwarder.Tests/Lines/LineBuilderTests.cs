using System.Text;
using CsCheck;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Decoding;
using Observability.Forwarder.Tests.Tracing;
using Observability.Forwarder.Tracing;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Lines;

public sealed class LineBuilderTests
{
    private const long RecordMilliseconds = 1_757_857_500_000;

    private static readonly DateTimeOffset ReadingTime = new(2025, 9, 14, 14, 0, 0, TimeSpan.Zero);

    private readonly ForwarderOptions _options = new();

    // The builder of what was written last.
    private LineBuilder? _builder;

    [Fact]
    public void A_line_that_tells_no_level_has_no_level_so_that_Loki_looks_for_one()
    {
        Assert.Equal("{namespace=\"default\", service=\"unknown\"}", Write("plain text").Labels);
        Assert.Equal("{namespace=\"default\", service=\"unknown\"}", Write("""{"level":"loud"}""").Labels);

        _options.Defaults["level"] = "unknown";
        Assert.Equal("{level=\"unknown\", namespace=\"default\", service=\"unknown\"}", Write("plain text").Labels);
    }

    [Fact]
    public void A_line_without_fields_gets_the_defaults_of_its_topic_and_the_time_of_its_record()
    {
        var line = Write("plain text", offset: 7);

        Assert.Equal("{namespace=\"default\", service=\"unknown\"}", line.Labels);
        Assert.InRange(line.Timestamp, RecordMilliseconds * 1_000_000, (RecordMilliseconds + 1) * 1_000_000);
        Assert.Equal("", line.Metadata);
        Assert.Equal("plain text", line.Text);
    }

    [Fact]
    public void The_source_named_first_wins_wherever_it_stands_in_the_line()
    {
        _options.Labels["service"] = "service,app,name";

        Assert.Contains("service=\"first\"", Write("""{"service":"first","app":"second","name":"third"}""").Labels,
            StringComparison.Ordinal);
        Assert.Contains("service=\"first\"", Write("""{"name":"third","app":"second","service":"first"}""").Labels,
            StringComparison.Ordinal);
        Assert.Contains("service=\"second\"", Write("""{"name":"third","app":"second"}""").Labels, StringComparison.Ordinal);
        Assert.Contains("service=\"second\"", Write("""{"service":"","app":"second"}""").Labels, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_may_serve_several_targets()
    {
        _options.Metadata["app"] = "service";

        var line = Write("""{"service":"shop"}""");

        Assert.Contains("service=\"shop\"", line.Labels, StringComparison.Ordinal);
        Assert.Equal("app=shop", line.Metadata);
    }

    [Fact]
    public void Levels_are_normalised() =>
        Assert.Contains("level=\"warn\"", Write("""{"level":"WARNING"}""").Labels, StringComparison.Ordinal);

    [Fact]
    public void Metadata_is_in_the_order_of_its_names_whatever_the_order_of_the_fields()
    {
        var line = Write("""{"node":"n","pod":"p","container":"c"}""");

        Assert.Equal("container=c|node=n|pod=p", line.Metadata);
        Assert.Equal(line.Metadata, Write("""{"pod":"p","container":"c","node":"n"}""").Metadata);
    }

    [Fact]
    public void Trace_context_of_a_record_is_metadata_where_the_line_does_not_show_it()
    {
        const string Request = """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[
            {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","body":{"stringValue":"Order placed"}},
            {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","body":{"stringValue":"{\"trace_id\":\"5b8efff798038103d269b633813fc60c\"}"}}]}]}]}
            """;

        Assert.Equal(
            ["span_id=eee19b7ec3c1b174|trace_id=5b8efff798038103d269b633813fc60c", "span_id=eee19b7ec3c1b174"],
            WriteAll(Request).Select(line => line.Metadata));
    }

    [Fact]
    public void A_label_value_is_cut_between_two_characters_at_the_limit_of_Loki()
    {
        var line = Write($$"""{"service":"{{new string('x', 2047)}}é"}""");

        Assert.Contains($"service=\"{new string('x', 2047)}\"", line.Labels, StringComparison.Ordinal);
    }

    [Fact]
    public void The_structured_metadata_of_a_line_stays_below_the_limit_of_Loki()
    {
        var fields = string.Join(',',
            new[] { "pod", "container", "node", "TraceId", "SpanId" }.Select(name => $"\"{name}\":\"{new string('é', 20_000)}\""));

        var line = Write("{" + fields + "}");

        // Loki counts names and values (util.StructuredMetadataSize) and adds detected_level by itself.
        Assert.InRange(Encoding.UTF8.GetByteCount(line.Metadata.Replace("=", "", StringComparison.Ordinal).Replace("|", "",
            StringComparison.Ordinal)), 60_000, (64 * 1024) - 100);
        Assert.DoesNotContain('\uFFFD', line.Metadata);
    }

    [Fact]
    public void The_time_of_a_record_goes_before_its_lines_and_that_before_the_time_at_which_it_was_collected()
    {
        const string Request = """
            {"resourceLogs":[{"resource":{"attributes":[{"key":"time","value":{"stringValue":"2020-01-01T00:00:00Z"}}]},"scopeLogs":[{"logRecords":[
            {"timeUnixNano":"1757857500000000009","body":{"stringValue":"{\"timestamp\":\"2025-09-14T13:45:01.1234567Z\"}"}},
            {"timeUnixNano":"1757857500000000009","body":{"stringValue":"text"}},
            {"observedTimeUnixNano":"1757857500000000010","body":{"stringValue":"{\"timestamp\":\"2025-09-14T13:45:01.123456789Z\"}"}},
            {"timeUnixNano":"1757857500000000009","body":{"stringValue":"{\"time\":\"12\"}"}}]}]}]}
            """;

        Assert.Equal(
            [1757857500_000000009, 1757857500_000000009, 1757857501_123456789, 1757857500_000000009],
            WriteAll(Request).Select(line => line.Timestamp));
    }

    [Theory]
    [InlineData("""{"timestamp":"yesterday","ts":"2025-09-14T13:45:01.123456789Z"}""")]
    [InlineData("""{"timestamp":"2025-08-14T13:45:01.123456789Z","time":"2025-09-14T13:45:01.123456789Z"}""")]
    [InlineData("""{"timestamp":"2025-09-14T14:45:01.123456789Z","time":"2025-09-14T13:45:01.123456789Z"}""")]
    public void A_time_that_cannot_be_read_or_cannot_be_true_leaves_the_field_to_the_next_source(string line) =>
        Assert.Equal(1757857501_123456789, Write(line).Timestamp);

    [Theory]
    [InlineData("""{"time":"2025-09-14T13:54:59.123456789Z"}""", true)]
    [InlineData("""{"time":"2025-09-14T13:55:01.123456789Z"}""", false)]
    [InlineData("""{"time":"2025-09-07T13:45:01.123456789Z"}""", true)]
    [InlineData("""{"time":"2025-09-07T13:44:59.123456789Z"}""", false)]
    [InlineData("""{"time":"2025-09-14T13:55:00.000000000Z"}""", true)]
    [InlineData("""{"time":"2025-09-14T13:55:00.000000001Z"}""", false)]
    [InlineData("""{"time":"2025-09-07T13:45:00.000000000Z"}""", true)]
    [InlineData("""{"time":"2025-09-07T13:44:59.999999999Z"}""", false)]
    [InlineData("""{"time":"2025-09-14 13:55:00.000000000"}""", true)]
    [InlineData("""{"time":"2025-09-14 13:35:00.000000000"}""", true)]
    [InlineData("""{"time":"2025-09-14 13:34:59.999999999"}""", false)]
    [InlineData("""{"time":"2025-09-13 23:35:00.000000000"}""", false)]
    [InlineData("""{"time":"2025-09-13 23:34:59.999999999"}""", true)]
    [InlineData("""{"time":"2025-09-14 13:50:00.123456789"}""", true)]
    [InlineData("""{"time":"2025-09-14 15:45:00.123456789"}""", false)]
    [InlineData("""{"time":"2025-09-14 08:45:00.123456789"}""", false)]
    [InlineData("""{"time":"2025-09-12 08:45:00.123456789"}""", true)]
    [InlineData("""{"time":20270630120000}""", false)]
    [InlineData("""{"time":20250914134507}""", true)]
    [InlineData("""{"time":99999999999999999}""", false)]
    public void A_time_too_far_from_Kafkas_or_of_an_unknown_zone_gives_way_to_Kafkas(string line, bool isOwn) =>
        Assert.Equal(!isOwn, Write(line).Timestamp / 1_000_000 == RecordMilliseconds);

    [Theory]
    [InlineData("123456789", 123_456_789, 1)]
    [InlineData("123456000", 123_456_000, 1_000)]
    [InlineData("123000000", 123_000_000, 1_000_000)]
    [InlineData("100000000", 100_000_000, 1_000_000)]
    [InlineData("999999999", 999_999_999, 1)]
    [InlineData("0", 0, 1_000_000_000)]
    [InlineData("-5", 0, 1_000_000_000)]
    [InlineData("1000000000", 0, 1_000_000_000)]
    [InlineData("\"soon\"", 0, 1_000_000_000)]
    public void Nanoseconds_in_a_field_of_their_own_are_added_and_tell_how_fine_the_clock_is(string nanoseconds, int expected, int tick)
    {
        var line = $$"""{"severity":"INFO","message":"x","timestampSeconds":1757857501,"timestampNanos":{{nanoseconds}}}""";

        var times = Enumerable.Range(0, 20).Select(i => Write(line, offset: i * 999_983L).Timestamp - 1757857501_000_000_000).ToList();

        Assert.All(times, time => Assert.InRange(time, expected, expected + tick - 1));
        // Digits that the clock left open come from the offset.
        Assert.InRange(times.Max() - times.Min(), (tick - 1) / 2, tick);
    }

    [Theory]
    [InlineData("severity")]
    [InlineData("level")]
    public void A_number_beside_a_time_in_whole_seconds_is_no_part_of_it(string field) =>
        Assert.Equal(1757857501_000000000, Write($$"""{"{{field}}":3,"time":"2025-09-14T13:45:01Z"}""").Timestamp);

    [Fact]
    public void A_record_that_was_collected_an_hour_before_Kafka_had_it_has_the_time_at_which_it_was_collected() =>
        Assert.Equal(1757853900_123456789, Write(
            """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"observedTimeUnixNano":"1757853900123456789","body":{"stringValue":"x"}}]}]}]}""")
            .Timestamp);

    [Fact]
    public void How_far_a_time_may_be_off_is_a_setting()
    {
        _options.MaxTimeBehind = TimeSpan.FromDays(60);
        _options.MaxTimeAhead = TimeSpan.FromHours(2);

        Assert.Equal(1755179101_123456789, Write("""{"time":"2025-08-14T13:45:01.123456789Z"}""").Timestamp);
        Assert.Equal(1757861101_123456789, Write("""{"time":"2025-09-14T14:45:01.123456789Z"}""").Timestamp);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_record_without_a_time_of_Kafka_is_stored_with_the_time_of_reading(long milliseconds) =>
        Assert.Equal(ReadingTime.ToUnixTimeMilliseconds(), Write("text", timestampMilliseconds: milliseconds).Timestamp / 1_000_000);

    [Fact]
    public void Times_in_an_odd_unit_of_an_otlp_record_are_read_or_left()
    {
        const string Request = """
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[
            {"timeUnixNano":"1757857501000","observedTimeUnixNano":"1757857509000000009","body":{"stringValue":"a"}},
            {"timeUnixNano":"7","observedTimeUnixNano":"1757857509000000009","body":{"stringValue":"a"}},
            {"timeUnixNano":"18446744073709551615","observedTimeUnixNano":"1757857509000000009","body":{"stringValue":"a"}}]}]}]}
            """;

        Assert.Equal([1757857501, 1757857509, 1757857509], WriteAll(Request).Select(line => line.Timestamp / 1_000_000_000));
    }

    [Theory]
    [InlineData("""{"severityNumber":17,"severityText":"WARN"}""", "warn")]
    [InlineData("""{"severityNumber":17,"severityText":"500"}""", "error")]
    [InlineData("""{"severityNumber":5,"severityText":"FINE"}""", "debug")]
    [InlineData("""{"severityNumber":17,"severityText":"SEVERE"}""", "error")]
    [InlineData("""{"severityNumber":17,"severityText":"louder"}""", "error")]
    [InlineData("""{"severityNumber":0,"severityText":"ERROR "}""", "error")]
    [InlineData("""{"severityNumber":17,"severityText":"ERROR","body":{"stringValue":"{\"level\":\"info\"}"}}""", "error")]
    [InlineData("""{"severityNumber":17,"severityText":"500","body":{"stringValue":"{\"level\":\"info\"}"}}""", "error")]
    [InlineData("""{"severityNumber":9,"body":{"stringValue":"{\"level\":\"warn\"}"}}""", "warn")]
    [InlineData("""{"severityNumber":17,"body":{"stringValue":"{\"@t\":\"2025-09-14T13:45:01Z\"}"}}""", "error")]
    [InlineData("""{"severityNumber":17,"attributes":[{"key":"level","value":{"intValue":7}}]}""", "error")]
    [InlineData("""{"severityNumber":17,"attributes":[{"key":"level","value":{"stringValue":"info"}}]}""", "error")]
    [InlineData("""{"body":{"stringValue":"{\"level\":\"warn\"}"},"attributes":[{"key":"level","value":{"stringValue":"info"}}]}""",
        "warn")]
    [InlineData("""{"body":{"stringValue":"x"},"attributes":[{"key":"level","value":{"stringValue":"info"}}]}""", "info")]
    [InlineData(
        """{"body":{"stringValue":"user typed level=critical in prose"},"attributes":[{"key":"level","value":{"stringValue":"critical"}},{"key":"loki.attribute.labels","value":{"stringValue":"level"}}]}""", null)]
    [InlineData("""{"body":{"stringValue":"fail: Shop.Orders[0]"}}""", "error")]
    [InlineData("""{"body":{"stringValue":"level=warn msg=x"}}""", "warn")]
    public void The_level_of_an_otlp_record_is_its_severity_then_its_lines_then_the_severitys_number_then_an_attribute(string record,
        string? expected)
    {
        var labels = Write($$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{{record}}}]}]}]}""").Labels;

        Assert.Equal(expected is null
            ? "{namespace=\"default\", service=\"unknown\"}"
            : $"{{level=\"{expected}\", namespace=\"default\", service=\"unknown\"}}", labels);
    }

    [Fact]
    public void The_text_of_a_severity_that_says_no_level_is_structured_metadata()
    {
        Assert.Equal("severity_text=louder", Write(Of("""{"severityText":"louder","body":{"stringValue":"x"}}""")).Metadata);
        Assert.Equal("", Write(Of("""{"severityText":"Warning","body":{"stringValue":"x"}}""")).Metadata);
        Assert.Equal("", Write(Of("""{"severityNumber":17,"severityText":"louder","body":{"stringValue":"x"}}""")).Metadata);
    }

    [Fact]
    public void An_attribute_level_is_structured_metadata_but_for_a_line_from_a_pod_where_it_was_read_in_the_line()
    {
        const string Level = """{"key":"level","value":{"stringValue":"info"}}""";
        const string OfAlloy =
            """{"key":"loki.attribute.labels","value":{"stringValue":"level,filename"}},{"key":"filename","value":{"stringValue":"a.log"}}""";

        var line = Write(Of($$"""{"severityText":"ERROR","body":{"stringValue":"x"},"attributes":[{{Level}}]}"""));
        var ofPod = Write(Of($$"""{"body":{"stringValue":"x"},"attributes":[{{Level}},{{OfAlloy}}]}"""));

        Assert.Equal(("error", "level=info"), (LineReader.Label(line, "level"), line.Metadata));
        Assert.Equal((null, "filename=a.log"), (LineReader.Label(ofPod, "level"), ofPod.Metadata));
    }

    [Fact]
    public void An_attribute_without_a_value_is_none()
    {
        var line = Write(Of("""
            {"body":{"stringValue":"x"},"attributes":[{"key":"service","value":{"stringValue":""}},{"key":"service.name","value":{"stringValue":"shop"}},
             {"key":"empty","value":{"stringValue":""}},{"key":"nothing"}]}
            """));

        Assert.Equal(("shop", ""), (LineReader.Label(line, "service"), line.Metadata));
    }

    [Fact]
    public void An_attribute_of_a_scope_is_structured_metadata_and_never_a_label()
    {
        var line = Write("""
            {"resourceLogs":[{"scopeLogs":[{"scope":{"name":"s","version":"2","attributes":[{"key":"service","value":{"stringValue":"no"}},{"key":"a.b","value":{"intValue":1}}]},
             "logRecords":[{"body":{"stringValue":"x"}}]}]}]}
            """);

        Assert.Equal(("unknown", "scope_name=s|scope_version=2|service=no|a_b=1"), (LineReader.Label(line, "service"), line.Metadata));
    }

    [Fact]
    public void Attributes_scope_and_resource_of_an_otlp_record_are_structured_metadata_under_the_names_that_Loki_gives_them()
    {
        var line = Write("""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"service.version","value":{"stringValue":"1.2"}},{"key":"telemetry.sdk.name","value":{"stringValue":"opentelemetry"}}]},
             "scopeLogs":[{"scope":{"name":"Shop.Orders"},"logRecords":[{"eventName":"OrderPlaced","body":{"stringValue":"Order {OrderId} placed"},
              "attributes":[{"key":"OrderId","value":{"intValue":7}},{"key":"exception.type","value":{"stringValue":"X"}},{"key":"log.record.uid","value":{"stringValue":"u"}}]}]}]}]}
            """);

        Assert.Equal("OrderId=7|exception_type=X|event_name=OrderPlaced|scope_name=Shop.Orders|service_version=1.2", line.Metadata);
    }

    [Theory]
    [InlineData("""{"ab":"1","c":"x"}""", "ab", "1", true)]
    [InlineData("""{"ab": 22,"c":"x"}""", "ab", "22", true)]
    [InlineData("""{"ab":[22]}""", "ab", "[22]", true)]
    [InlineData("""{"c":[{"ab":"1"}]}""", "ab", "1", true)]
    [InlineData("""{"a":1}""", "a", "1", true)]
    [InlineData("""{"aa":"x","a":"1"}""", "a", "1", true)]
    [InlineData("""{"a":"2","a":"1"}""", "a", "1", true)]
    [InlineData("""{"ab":22""", "ab", "22", true)]
    [InlineData("""{"ab":"2"}""", "ab", "1", false)]
    [InlineData("""{"ab":22}""", "ab", "2", false)]
    [InlineData("""{"xa":1}""", "a", "1", false)]
    [InlineData("""{"a b":1}""", "a", "1", false)]
    [InlineData("""{"abc1,":2}""", "a", "1", false)]
    [InlineData("""{"c":"a","b":1}""", "a", "1", false)]
    [InlineData("""{"c":1}""", "a", "1", false)]
    [InlineData("""a {"a":"1"}""", "a", "1", false)]
    public void An_attribute_that_a_json_line_shows_is_not_kept_a_second_time(string body, string name, string value, bool isShown)
    {
        var record = new LogRecord
        {
            Body = new() { StringValue = body },
            Attributes = { new KeyValue { Key = name, Value = new() { StringValue = value } } },
        };

        Assert.Equal(isShown ? "" : $"{name}={value}", Write(Request(record)).Single().Metadata);
    }

    [Fact]
    public void Two_records_that_differ_in_an_attribute_alone_are_two_lines()
    {
        var lines = WriteAll("""
            {"resourceLogs":[{"scopeLogs":[{"logRecords":[
              {"timeUnixNano":"1757857500123456700","body":{"stringValue":"same"},"attributes":[{"key":"OrderId","value":{"intValue":1}}]},
              {"timeUnixNano":"1757857500123456700","body":{"stringValue":"same"},"attributes":[{"key":"OrderId","value":{"intValue":2}}]}]}]}]}
            """);

        Assert.Equal(["OrderId=1", "OrderId=2"], lines.Select(line => line.Metadata));
        Assert.Equal(2, lines.Select(line => line.Timestamp).Distinct().Count());
    }

    [Fact]
    public void Which_attributes_are_dropped_is_a_setting()
    {
        const string Request =
            """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"},"attributes":[{"key":"http.path","value":{"stringValue":"/"}},{"key":"user","value":{"stringValue":"u"}},{"key":"pod","value":{"stringValue":"p"}}]}]}]}]}""";

        Assert.Equal("pod=p|http_path=/|user=u", Write(Request).Metadata);
        _options.DropAttributes = "http.*";
        Assert.Equal("pod=p|user=u", Write(Request).Metadata);
        _options.DropAttributes = "*";
        Assert.Equal("pod=p", Write(Request).Metadata);
        var level = Write(Of("""{"body":{"stringValue":"x"},"attributes":[{"key":"level","value":{"stringValue":"error"}}]}"""));
        Assert.Equal(("error", ""), (LineReader.Label(level, "level"), level.Metadata));
    }

    [Fact]
    public void A_line_sent_again_with_its_identifier_gets_the_same_time_wherever_it_stands()
    {
        const string Record =
            """{"timeUnixNano":"1757857500123000000","body":{"stringValue":"same"},"attributes":[{"key":"log.record.uid","value":{"stringValue":"run-1"}}]}""";
        const string Other =
            """{"timeUnixNano":"1757857500123000000","body":{"stringValue":"same"},"attributes":[{"key":"log.record.uid","value":{"stringValue":"run-2"}}]}""";
        const string Nanoseconds = """{"timeUnixNano":"1757857500123456789","body":{"stringValue":"other"}}""";
        var first = Write(At(5, Of($"{Record},{Other}")));
        var again = Write(At(11, Of($"{Nanoseconds},{Record}")), At(12, Of($"{Nanoseconds},{Nanoseconds},{Other}")));

        Assert.Equal((first[0].Timestamp, first[0].Metadata), (again[1].Timestamp, again[1].Metadata));
        Assert.Equal(first[1].Timestamp, again[4].Timestamp);
        Assert.True(first[0].Timestamp < first[1].Timestamp);
    }

    [Fact]
    public void Equal_lines_that_were_collected_in_the_same_millisecond_are_two()
    {
        const string Record = """{"observedTimeUnixNano":"1757857509123000000","body":{"stringValue":"same"}}""";

        var times = WriteAll(Of(Record), Of(Record)).Select(line => line.Timestamp).ToList();

        Assert.Equal(2, times.Distinct().Count());
        Assert.All(times, time => Assert.Equal(1757857509123, time / 1_000_000));
    }

    [Fact]
    public void A_line_with_an_identifier_and_a_time_in_nanoseconds_keeps_that_time() =>
        Assert.Equal(1757857500_123456789, Write(Of(
            """{"timeUnixNano":"1757857500123456789","body":{"stringValue":"x"},"attributes":[{"key":"log.record.uid","value":{"stringValue":"run-1"}}]}"""))
            .Timestamp);

    [Fact]
    public void Equal_lines_of_neighbouring_records_of_several_lines_are_all_different_ones()
    {
        var lines = WriteAll("{\"a\":1}\n{\"a\":1}\n{\"a\":1}", "{\"a\":1}\n{\"a\":1}", "{\"a\":1}\n{\"a\":1}");

        Assert.Equal(lines.Select(line => line.Timestamp).Distinct().Order(), lines.Select(line => line.Timestamp));
    }

    [Theory]
    [InlineData("""{"level":"error","service":"first","pod":"p","ts":"2025-09-14T13:45:01.123456789Z"}""")]
    [InlineData("""{"log":"{\"level\":\"error\",\"service\":\"first\",\"pod\":\"p\"}","stream":"stderr","time":"2025-09-14T13:45:01.123456789Z"}""")]
    [InlineData("2025-09-14T13:45:01.123456789Z ERROR x")]
    [InlineData("2025-09-14T13:45:01.123456789Z stderr F ERROR x")]
    [InlineData("""{"resourceLogs":[{"resource":{"attributes":[{"key":"service","value":{"stringValue":"first"}},{"key":"pod","value":{"stringValue":"p"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1757857501123456789","observedTimeUnixNano":"1757857501123456789","severityText":"ERROR","severityNumber":17,"body":{"stringValue":"x"},"attributes":[{"key":"level","value":{"stringValue":"error"}},{"key":"log.record.uid","value":{"stringValue":"u-7"}},{"key":"loki.attribute.labels","value":{"stringValue":"level"}}]}]}]}]}""")]
    public void What_one_line_leaves_behind_does_not_reach_the_next(string first)
    {
        const string Next = """{"message":"a"}""";
        const string Text = "just words";
        var alone = WriteAll(Text, Text, $"{Next}\n{Next}", Text);

        var lines = WriteAll(first, Text, $"{Next}\n{Next}", Text);

        Assert.Equal(alone[1..], lines[1..]);
    }

    [Fact]
    public void The_lines_of_one_record_have_nothing_in_common_but_their_record()
    {
        var lines = WriteAll("""
            {"level":"error","service":"first","pod":"p","ts":"2025-09-14T13:45:01.123456789Z"}
            {"message":"x"}
            {"message":"y","service":"third"}
            """);

        Assert.Equal(
            ["{level=\"error\", namespace=\"default\", service=\"first\"}", "{namespace=\"default\", service=\"unknown\"}",
                "{namespace=\"default\", service=\"third\"}"],
            lines.Select(line => line.Labels));
        Assert.Equal(["pod=p", "", ""], lines.Select(line => line.Metadata));
        Assert.All(lines[1..], line => Assert.Equal(RecordMilliseconds, line.Timestamp / 1_000_000));
    }

    [Fact]
    public void What_sends_a_line_goes_before_what_the_line_says_but_for_the_service_of_a_line_from_a_pod()
    {
        const string Resource =
            """ "resource":{"attributes":[{"key":"service","value":{"stringValue":"pods"}},{"key":"namespace","value":{"stringValue":"prod"}}]} """;
        const string Body = """ "body":{"stringValue":"{\"service\":\"own\",\"namespace\":\"evil\"}"} """;
        const string OfAlloy = """ "attributes":[{"key":"loki.attribute.labels","value":{"stringValue":"service,namespace"}}] """;

        Assert.Contains("namespace=\"prod\", service=\"pods\"",
            Write($$"""{"resourceLogs":[{ {{Resource}},"scopeLogs":[{"logRecords":[{ {{Body}} }]}]}]}""").Labels, StringComparison.Ordinal);
        Assert.All([Body, Body.Replace("service", "service.name", StringComparison.Ordinal)], body =>
            Assert.Contains("namespace=\"prod\", service=\"own\"",
                Write($$"""{"resourceLogs":[{ {{Resource}},"scopeLogs":[{"logRecords":[{ {{body}},{{OfAlloy}} }]}]}]}""").Labels,
                StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{\"name\":\"shop\",\"version\":\"1\"}""", "shop")]
    [InlineData("""{\"version\":\"1\"}""", "unknown")]
    [InlineData("{braces}", "{braces}")]
    [InlineData("", "unknown")]
    public void An_object_as_text_is_no_label_but_its_name_is(string service, string expected) =>
        Assert.Contains(
            $"service=\"{expected}\"",
            Write(
                $$$"""{"resourceLogs":[{"resource":{"attributes":[{"key":"service","value":{"stringValue":"{{{service}}}"}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}""").Labels,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("""{\"name\":\"\"}""")]
    [InlineData("""{\"version\":\"1\"}""")]
    [InlineData("""{\"name\":1""")]
    public void An_object_without_a_name_leaves_the_label_to_the_next_field(string service) =>
        Assert.Equal("shop", LineReader.Label(
            Write(Of($$$"""{"body":{"stringValue":"x"},"attributes":[{"key":"service","value":{"stringValue":"{{{service}}}"}},{"key":"service.name","value":{"stringValue":"shop"}}]}""")),
            "service"));

    [Fact]
    public void Each_of_as_many_fields_as_the_settings_may_name_is_found()
    {
        _options.TimestampFields = "";
        _options.Labels = new() { ["level"] = "level" };
        _options.Metadata = Enumerable.Range(1, ForwarderOptions.MaxFields - 1).ToDictionary(i => $"m{i:00}", i => $"field{i}");
        var fields = Enumerable.Range(1, ForwarderOptions.MaxFields - 1).ToList();

        Assert.Equal(
            string.Join('|', fields.Select(i => $"m{i:00}={i}")),
            Write("{" + string.Join(',', fields.Select(i => $"\"field{i}\":\"{i}\"").Prepend("\"level\":\"warn\"")) + "}").Metadata);
        Assert.All(fields, i => Assert.Equal($"m{i:00}={i}", Write($$"""{"field{{i}}":"{{i}}"}""").Metadata));
    }

    [Fact]
    public void Labels_may_all_be_as_long_as_Loki_takes_them()
    {
        _options.Labels = new() { ["a"] = "a", ["b"] = "b" };
        var (a, b) = (new string('a', 2048), new string('b', 2048));

        Assert.Equal($"{{a=\"{a}\", b=\"{b}\"}}", Write($$"""{"a":"{{a}}","b":"{{b}}"}""").Labels);
    }

    [Fact]
    public void The_level_need_not_be_a_label_nor_the_first_one()
    {
        _options.Labels["app"] = "app";
        Assert.Equal("{level=\"error\", namespace=\"default\", service=\"unknown\"}", Write("""{"level":"error"}""").Labels);

        _options.Labels["level"] = "";
        Assert.Equal("{namespace=\"default\", service=\"unknown\"}", Write("""{"level":"error"}""").Labels);
    }

    [Fact]
    public void A_field_is_a_label_though_its_format_makes_something_else_of_it()
    {
        _options.Labels["a"] = "log";
        var envelope = Write("""{"log":"ERROR no","stream":"stderr","time":"2025-09-14T13:45:01Z"}""");
        Assert.Equal(("ERROR no", "error"), (LineReader.Label(envelope, "a"), LineReader.Label(envelope, "level")));

        _options.Labels["a"] = "timestampNanos";
        var cloud = Write("""{"severity":"INFO","timestampSeconds":1757857501,"timestampNanos":123456789}""");
        Assert.Equal(("123456789", 1757857501_123456789), (LineReader.Label(cloud, "a"), cloud.Timestamp));
    }

    [Fact]
    public void A_dotted_path_reaches_into_nested_objects_and_finds_dotted_names()
    {
        _options.Labels["team"] = "meta.owner.team";

        Assert.Contains("team=\"red\"", Write("""{"meta":{"owner":{"team":"red"}}}""").Labels, StringComparison.Ordinal);
        Assert.Contains("team=\"red\"", Write("""{"meta.owner":{"team":"red"}}""").Labels, StringComparison.Ordinal);
        Assert.Contains("team=\"red\"", Write("""{"meta.owner.team":"red"}""").Labels, StringComparison.Ordinal);
    }

    [Fact]
    public void The_level_of_a_line_within_an_envelope_is_found()
    {
        Assert.Contains("level=\"error\"", Write("""{"log":"ERROR no\n","stream":"stderr","time":"2025-09-14T13:45:01Z"}""").Labels,
            StringComparison.Ordinal);
        Assert.Contains("level=\"warn\"",
            Write("""{"log":"{\"level\":\"WARN\",\"service\":\"in\"}\n","stream":"stderr","time":"2025-09-14T13:45:01Z"}""").Labels,
            StringComparison.Ordinal);
        Assert.Contains("service=\"in\"",
            Write("""{"log":"{\"level\":\"WARN\",\"service\":\"in\"}\n","stream":"stderr","time":"2025-09-14T13:45:01Z"}""").Labels,
            StringComparison.Ordinal);
        Assert.Contains("level=\"error\"",
            Write("""{"log":"{\"short_message\":\"no\",\"level\":3}","stream":"stderr","time":"2025-09-14T13:45:01Z"}""").Labels,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_within_an_envelope_is_looked_at_where_it_begins()
    {
        Assert.Equal("error", LineReader.Label(Envelope(5_000), "level"));
        Assert.Null(LineReader.Label(Envelope(20_000), "level"));

        WrittenLine Envelope(int before) =>
            Write($$"""{"log":"{\"a\":\"{{new string('x', before)}}\",\"level\":\"error\"}","stream":"stderr"}""");
    }

    [Theory]
    [InlineData("2025-09-14T13:45 stderr F {\"level\":\"error\"}", "error")]
    [InlineData("2025-09-14T13:45:01.5Z stdout P {\"level\":\"error\"}", "error")]
    [InlineData("2025-09-14T13:45:01.5Z stdout X {\"level\":\"error\"}", null)]
    [InlineData("2025-09-14T13:45:01.5Z stdout FX{\"level\":\"error\"}", null)]
    [InlineData("2025-09-14T13:45:01.5Z stdlog F {\"level\":\"error\"}", null)]
    [InlineData("2025-09-14T13:45:0x.5Z stdout F {\"level\":\"error\"}", null)]
    [InlineData("2025-09-14T13:45:01.5Z stdout F", null)]
    [InlineData("2025-09-14T13:45:01.5Z stdout ", null)]
    public void The_line_that_a_container_engine_wrote_time_and_stream_before_is_read(string line, string? level) =>
        Assert.Equal(level, LineReader.Label(Write(line), "level"));

    [Fact]
    public void A_byte_order_mark_before_the_line_of_a_log_record_does_no_harm() =>
        Assert.Equal("error", LineReader.Label(Write(Of("""{"body":{"stringValue":"\ufeff{\"level\":\"error\"}"}}""")), "level"));

    [Theory]
    [InlineData("""{"severity":"service=in a=1"}""")]
    [InlineData("""{"kubernetes":{"namespace_name":"prod"},"severity":"service=in a=1"}""")]
    [InlineData("""{"msg":"service=in a=1","level":"info","time":"2025-09-14T13:45:01Z"}""")]
    public void What_is_no_message_of_an_envelope_is_no_line(string line) =>
        Assert.Equal("unknown", LineReader.Label(Write(line), "service"));

    [Fact]
    public void A_record_time_beyond_what_nanoseconds_hold_does_not_wrap_around() =>
        Assert.True(Write("text", timestampMilliseconds: long.MaxValue / 2).Timestamp > 9_000_000_000_000_000_000);

    [Fact]
    public void Attributes_of_a_resource_reach_all_its_lines_and_none_of_the_next_resource()
    {
        const string Request = """
            {"resourceLogs":[
              {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"pod","value":{"stringValue":"p1"}}]},"scopeLogs":[{"logRecords":[
                {"body":{"stringValue":"a"},"attributes":[{"key":"service","value":{"stringValue":"own"}},{"key":"node","value":{"stringValue":"n"}}]},
                {"body":{"stringValue":"b"},"severityNumber":17}]}]},
              {"scopeLogs":[{"logRecords":[{"body":{"stringValue":"c"}}]}]}]}
            """;

        var lines = WriteAll(Request);

        Assert.Equal(
            ["{namespace=\"default\", service=\"shop\"}", "{level=\"error\", namespace=\"default\", service=\"shop\"}",
                "{namespace=\"default\", service=\"unknown\"}"],
            lines.Select(line => line.Labels));
        Assert.Equal(["node=n|pod=p1|service=own", "pod=p1", ""], lines.Select(line => line.Metadata));
        Assert.Equal([0, 1, 2], lines.Select(line => line.Index));
    }

    [Fact]
    public void Lines_over_the_cap_go_to_the_overflow_stream_and_keep_their_labels()
    {
        _options.MaxStreams = 1;

        var lines = WriteAll("""{"service":"first"}""", """{"service":"second","level":"error","pod":"p"}""", """{"service":"third"}""");

        Assert.Equal("{level=\"overflow\", namespace=\"overflow\", service=\"overflow\"}", lines[1].Labels);
        Assert.Equal("pod=p|overflow_level=error|overflow_namespace=default|overflow_service=second", lines[1].Metadata);
        Assert.Equal(2, _builder!.OverflowLines);
    }

    [Fact]
    public void The_tenant_of_a_line_is_one_that_Loki_takes_or_the_configured_one()
    {
        _options.Loki.TenantField = "team";

        Assert.Equal(["red", "", "", ""],
            WriteAll("""{"team":"red"}""", """{"team":"a/b"}""", """{"team":"a\nb"}""", "{}").Select(line => line.Tenant));
    }

    [Fact]
    public void A_replayed_dead_letter_gets_the_time_that_it_first_had()
    {
        var first = new TestRecord(Partition(), 17, "text"u8);
        var replay = new TestRecord(TestPartition.Create("test-logs", 5), 99, "text"u8, origin: (0, 17));

        Assert.Equal(Write(first).Single().Timestamp, Write(replay).Single().Timestamp);
    }

    /// <summary>Such an attribute once was looked for in the line for ever, and the Forwarder stood still.</summary>
    [Fact(Timeout = 60_000)]
    public async Task An_attribute_without_a_name_beside_a_body_of_json_is_kept()
    {
        var scope = new ScopeLogs
        {
            LogRecords =
            {
                new LogRecord
                {
                    Body = new() { StringValue = """{"a":"b"}""" },
                    Attributes =
                    {
                        new KeyValue { Key = "", Value = new() { StringValue = "nameless" } },
                        new KeyValue { Key = "pod", Value = new() { StringValue = "p" } },
                    },
                },
            },
        };
        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } };

        var record = new TestRecord(Partition(), 0, request.ToByteArray());
        var lines = await Task.Run(() => Write(record), TestContext.Current.CancellationToken);

        Assert.Equal(("nameless", "p"), (LineReader.Metadata(lines.Single(), "_"), LineReader.Metadata(lines.Single(), "pod")));
    }

    [Fact]
    public void Of_many_attributes_those_of_the_record_itself_are_kept_and_as_many_as_Loki_takes()
    {
        var record = new LogRecord { Body = new() { StringValue = "x" } };
        record.Attributes.Add(Enumerable.Range(0, 100).Select(i => Attribute($"own{i}")));
        var resource = new Resource();
        resource.Attributes.Add(Enumerable.Range(0, 5_000).Select(i => Attribute($"shared{i}")));
        var request = new ExportLogsServiceRequest
        {
            ResourceLogs = { new ResourceLogs { Resource = resource, ScopeLogs = { new ScopeLogs { LogRecords = { record } } } } },
        };

        var kept = Write(new TestRecord(Partition(), 0, request.ToByteArray())).Single().Metadata.Split('|');

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"own{i}=v"), kept[..100]);
        Assert.Equal(Enumerable.Range(0, kept.Length - 100).Select(i => $"shared{i}=v"), kept[100..]);
        Assert.InRange(kept.Length, LokiLimits.MetadataEntries - 10, LokiLimits.MetadataEntries);

        static KeyValue Attribute(string name) => new() { Key = name, Value = new() { StringValue = "v" } };
    }

    [Fact]
    public void The_trace_of_a_records_first_sampled_line_is_continued_and_one_that_its_headers_tell_goes_before_it()
    {
        using var trace = new TraceRecorder();
        var tracing = new RecordTracing(new ForwarderOptions { MaxTracesPerSecond = 2 }, new FakeTimeProvider());
        var ids = $""" "traceId":"{trace.Sender.TraceId}","spanId":"{trace.Sender.SpanId}" """;
        var sampled = $$"""{"flags":1,{{ids}},"body":{"stringValue":"x"} }""";
        var record = At(47, Of($"{sampled},{sampled}"));
        var ofHeaders = tracing.Begin(trace.Headers(), new("test-logs", 0, 1), 1);

        Read(record.Record with { Trace = ofHeaders });
        Assert.Same(ofHeaders, _builder!.Trace);

        Read(record.Record);
        var ofLine = _builder.Trace!;
        ofLine.Decoded();
        var span = Assert.Single(trace.Spans);
        Assert.Equal((trace.Sender.SpanId, true), (span.ParentSpanId, span.HasRemoteParent));
        Assert.Equal(
            ("test-logs", "0", 47L, record.Record.ValueLength),
            (span.GetTagItem("messaging.destination.name"), span.GetTagItem("messaging.destination.partition.id"),
                span.GetTagItem("messaging.kafka.offset"), span.GetTagItem("messaging.message.body.size")));

        // As many a second as the settings say.
        Read(record.Record);
        Assert.Null(_builder.Trace);

        void Read(KafkaRecord read)
        {
            _builder ??= Builder(new RecordingWriter(), tracing);
            _builder.BeginRecord(read);
            new RecordDecoder().Decode(RecordFormat.Auto, read.ValueSpan, _builder);
        }
    }

    [Fact]
    public void Any_record_gives_the_same_lines_again_and_no_two_equal_ones() => Gen.Select(
        Gen.OneOf(OtlpRequests.Any.Select(request => request.ToByteArray()),
            Texts.Some.Select(Encoding.UTF8.GetBytes)).Where(value => value.Length > 0), Gen.Long[0, 1L << 50]).Sample(
        (value, offset) =>
        {
            var first = Write(new TestRecord(Partition(), offset, value));
            var again = Write(new TestRecord(Partition(), offset, value));

            Assert.Equal(first, again);
            var unrefined = first.Where(line => line.Timestamp / 1_000_000 == RecordMilliseconds).ToList();
            Assert.Equal(unrefined.Count, unrefined.Select(line => line.Timestamp).Distinct().Count());
        },
        iter: 300);

    private static PartitionState Partition() => TestPartition.Create("test-logs", 0);

    // A request of the log records given.
    private static string Of(string records) => $$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{{records}}]}]}]}""";

    private static TestRecord Request(params LogRecord[] records)
    {
        var scope = new ScopeLogs();
        scope.LogRecords.Add(records);
        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } };
        return new TestRecord(Partition(), 0, request.ToByteArray());
    }

    private static TestRecord At(long offset, string text) => new(Partition(), offset, Encoding.UTF8.GetBytes(text));

    private WrittenLine Write(string text, long offset = 0, long timestampMilliseconds = RecordMilliseconds) =>
        Write(new TestRecord(Partition(), offset, Encoding.UTF8.GetBytes(text), timestampMilliseconds: timestampMilliseconds)).Single();

    private List<WrittenLine> WriteAll(params string[] texts) =>
        Write([.. texts.Select((text, index) => At(index, text))]);

    private List<WrittenLine> Write(params TestRecord[] records)
    {
        var writer = new RecordingWriter();
        var builder = Builder(writer);
        var decoder = new RecordDecoder();
        foreach (var record in records)
        {
            builder.BeginRecord(record.Record);
            decoder.Decode(RecordFormat.Auto, record.Value, builder);
        }

        _builder = builder;
        return writer.Lines;
    }

    private LineBuilder Builder(RecordingWriter writer, RecordTracing? tracing = null)
    {
        var schema = new LabelSchema(_options);
        return new LineBuilder(schema, new StreamTable(schema.Labels, _options.MaxStreams, new FakeTimeProvider()), writer,
            new FakeTimeProvider(ReadingTime), tracing);
    }
}
