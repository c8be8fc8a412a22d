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

namespace Observability.Forwarder.Tests.Lines;

public sealed class LineBuilderTests
{
    private const long RecordMilliseconds = 1_757_857_500_000;

    private readonly ForwarderOptions _options = new();

    [Fact]
    public void A_line_without_fields_gets_the_defaults_of_its_topic_and_the_time_of_its_record()
    {
        var line = Write("plain text", offset: 7);

        Assert.Equal("{level=\"unknown\", namespace=\"default\", service=\"unknown\"}", line.Labels);
        Assert.InRange(line.Timestamp, RecordMilliseconds * 1_000_000, (RecordMilliseconds + 1) * 1_000_000);
        Assert.Equal("", line.Metadata);
        Assert.Equal("plain text", line.Text);
    }

    [Fact]
    public void The_source_named_first_wins_wherever_it_stands_in_the_line()
    {
        _options.Labels["service"] = "service,app,name";

        Assert.Contains("service=\"first\"", Write("""{"service":"first","app":"second","name":"third"}""").Labels, StringComparison.Ordinal);
        Assert.Contains("service=\"first\"", Write("""{"name":"third","app":"second","service":"first"}""").Labels, StringComparison.Ordinal);
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
        var fields = string.Join(',', new[] { "pod", "container", "node", "TraceId", "SpanId" }.Select(name => $"\"{name}\":\"{new string('é', 20_000)}\""));

        var line = Write("{" + fields + "}");

        // Loki counts names and values (util.StructuredMetadataSize) and adds detected_level by itself.
        Assert.InRange(Encoding.UTF8.GetByteCount(line.Metadata.Replace("=", "", StringComparison.Ordinal).Replace("|", "", StringComparison.Ordinal)), 60_000, (64 * 1024) - 100);
        Assert.DoesNotContain('\uFFFD', line.Metadata);
    }

    [Fact]
    public void The_time_of_the_line_goes_before_that_of_the_record_around_it()
    {
        const string Request = """
            {"resourceLogs":[{"resource":{"attributes":[{"key":"time","value":{"stringValue":"2020-01-01T00:00:00Z"}}]},"scopeLogs":[{"logRecords":[
            {"timeUnixNano":"1757857500000000009","body":{"stringValue":"{\"timestamp\":\"2025-09-14T13:45:01.1234567Z\"}"}},
            {"timeUnixNano":"1757857500000000009","body":{"stringValue":"text"}},
            {"observedTimeUnixNano":"1757857500000000010","body":{"stringValue":"text"}},
            {"timeUnixNano":"1757857500000000009","body":{"stringValue":"{\"time\":\"12\"}"}}]}]}]}
            """;

        Assert.Equal(
            [1757857501_123456700, 1757857500_000000009, 1757857500_000000010, 1757857500_000000009],
            WriteAll(Request).Select(line => line.Timestamp));
    }

    [Fact]
    public void A_time_that_cannot_be_read_leaves_the_field_to_the_next_source() =>
        Assert.Equal(1757857501_123456700, Write("""{"timestamp":"yesterday","ts":"2025-09-14T13:45:01.1234567Z"}""").Timestamp);

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
            ["{level=\"unknown\", namespace=\"default\", service=\"own\"}", "{level=\"error\", namespace=\"default\", service=\"shop\"}", "{level=\"unknown\", namespace=\"default\", service=\"unknown\"}"],
            lines.Select(line => line.Labels));
        Assert.Equal(["node=n|pod=p1", "pod=p1", ""], lines.Select(line => line.Metadata));
        Assert.Equal([0, 1, 2], lines.Select(line => line.Index));
    }

    [Fact]
    public void Lines_over_the_cap_go_to_the_overflow_stream_and_keep_their_labels()
    {
        _options.MaxStreams = 1;

        var lines = WriteAll("""{"service":"first"}""", """{"service":"second","level":"error","pod":"p"}""");

        Assert.Equal("{level=\"overflow\", namespace=\"overflow\", service=\"overflow\"}", lines[1].Labels);
        Assert.Equal("pod=p|overflow_level=error|overflow_namespace=default|overflow_service=second", lines[1].Metadata);
    }

    [Fact]
    public void The_tenant_of_a_line_is_one_that_Loki_takes_or_the_configured_one()
    {
        _options.Loki.TenantField = "team";

        Assert.Equal(["red", "", "", ""], WriteAll("""{"team":"red"}""", """{"team":"a/b"}""", """{"team":"a\nb"}""", "{}").Select(line => line.Tenant));
    }

    [Fact]
    public void A_replayed_dead_letter_gets_the_time_that_it_first_had()
    {
        var first = new TestRecord(Partition(), 17, "text"u8);
        var replay = new TestRecord(TestPartition.Create("test-logs", 5), 99, "text"u8, origin: (0, 17));

        Assert.Equal(Write(first).Single().Timestamp, Write(replay).Single().Timestamp);
    }

    [Fact]
    public void Any_record_gives_the_same_lines_again_and_no_two_equal_ones() => Gen.Select(
        Gen.OneOf(OtlpRequests.Any.Select(request => request.ToByteArray()), Texts.Some.Select(Encoding.UTF8.GetBytes)).Where(value => value.Length > 0), Gen.Long[0, 1L << 50]).Sample(
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

    private WrittenLine Write(string text, long offset = 0, long timestampMilliseconds = RecordMilliseconds) =>
        Write(new TestRecord(Partition(), offset, Encoding.UTF8.GetBytes(text), timestampMilliseconds: timestampMilliseconds)).Single();

    private List<WrittenLine> WriteAll(params string[] texts) => Write([.. texts.Select((text, index) => new TestRecord(Partition(), index, Encoding.UTF8.GetBytes(text)))]);

    private List<WrittenLine> Write(params TestRecord[] records)
    {
        var schema = new LabelSchema(_options);
        var writer = new RecordingWriter();
        var builder = new LineBuilder(schema, new StreamTable(schema.Labels, _options.MaxStreams, new FakeTimeProvider()), writer);
        var decoder = new RecordDecoder();
        foreach (var record in records)
        {
            builder.BeginRecord(record.Record);
            decoder.Decode(RecordFormat.Auto, record.Value, builder);
        }

        return writer.Lines;
    }
}
