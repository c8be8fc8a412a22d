using System.Text;
using Observability.Forwarder.Decoding.Shapes;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Formats;

/// <summary>The table of formats against lines as the loggers write them.</summary>
public sealed class FormatTests
{
    public static TheoryData<int> WithFields => [.. Enumerable.Range(0, FormatExamples.WithFields.Count)];

    public static TheoryData<int> Text => [.. Enumerable.Range(0, FormatExamples.Text.Count)];

    [Theory]
    [MemberData(nameof(WithFields))]
    public void A_line_with_fields_gets_level_time_service_and_namespace_right(int index) => Check(FormatExamples.WithFields[index]);

    [Theory]
    [MemberData(nameof(Text))]
    public void A_line_of_text_gets_level_and_time_right(int index) => Check(FormatExamples.Text[index]);

    [Theory]
    [MemberData(nameof(WithFields))]
    public void A_line_is_recognised_as_what_it_is(int index)
    {
        var example = FormatExamples.WithFields[index];
        var schema = new LabelSchema(new ForwarderOptions());
        var seen = new SeenFields(schema);
        var decoder = new Forwarder.Decoding.RecordDecoder();

        decoder.Decode(RecordFormat.Auto, Encoding.UTF8.GetBytes(example.Line), seen);

        Assert.Equal(example.Format, new LinePlanner(schema).Recognise(seen.Fields)?.Name ?? LineShapes.Usual.Name);
    }

    /// <summary>What a shipper says of the pod that wrote the line.</summary>
    [Theory]
    [InlineData("""{"log":"x","kubernetes":{"namespace_name":"prod","pod_name":"shop-1","container_name":"web","host":"n1"}}""",
        "prod", "shop-1", "web", "n1")]
    [InlineData("""{"message":"x","kubernetes":{"pod_namespace":"prod","pod_name":"shop-1","container_name":"web","pod_node_name":"n1"}}""",
        "prod", "shop-1", "web", "n1")]
    [InlineData(
        """{"@timestamp":"2025-09-14T13:45:02.123Z","message":"x","kubernetes":{"namespace":"prod","pod":{"name":"shop-1"},"""
            + """ "container":{"name":"web"},"node":{"name":"n1"}}}""",
        "prod", "shop-1", "web", "n1")]
    [InlineData("""{"MESSAGE":"x","__REALTIME_TIMESTAMP":"1757857502123456","_HOSTNAME":"n1"}""", "default", null, null, "n1")]
    [InlineData("""{"PROGRAM":"shop","PRIORITY":"err","MESSAGE":"x","HOST":"n1"}""", "default", null, null, "n1")]
    [InlineData("""{"@timestamp":"2025-09-14T13:45:02.123Z","log.level":"WARN","service":{"name":"shop","environment":"prod"}}""",
        "prod", null, null, null)]
    public void Where_a_line_comes_from_is_its_namespace_and_structured_metadata(string line, string @namespace, string? pod,
        string? container, string? node)
    {
        var read = Lines.LineReader.Read(Encoding.UTF8.GetBytes(line)).Single();

        Assert.Equal(@namespace, Lines.LineReader.Label(read, "namespace"));
        Assert.Equal(
            [pod, container, node], ((string[])["pod", "container", "node"]).Select(name => Lines.LineReader.Metadata(read, name)));
    }

    [Fact]
    public void Every_row_of_the_table_has_an_example() =>
        Assert.Equal(LineShapes.All.Append(LineShapes.Usual).Select(shape => shape.Name).Order(),
            FormatExamples.WithFields.Select(example => example.Format).Distinct().Order());

    [Fact]
    public void The_page_of_the_documentation_is_the_table()
    {
        var path = Repository.PathOf("docs/formats.md");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(path, FormatsPage.Render());
        Assert.Equal(File.ReadAllText(path), FormatsPage.Render());
    }

    // The same line as the body of an OTLP record that has no severity: a container's line through a collector.
    [Theory]
    [MemberData(nameof(WithFields))]
    public void A_line_in_an_otlp_body_gets_the_same_level_and_service(int index)
    {
        var example = FormatExamples.WithFields[index];

        var line = Lines.LineReader.Read(Otlp.Of(example.Line)).Single();

        Assert.Equal(example.Level, Lines.LineReader.Label(line, "level"));
        Assert.Equal(example.Service ?? "unknown", Lines.LineReader.Label(line, "service"));
    }

    private static void Check(FormatExample example)
    {
        var line = Lines.LineReader.Read(Encoding.UTF8.GetBytes(example.Line)).Single();

        Assert.Equal(example.Level, Lines.LineReader.Label(line, "level"));
        Assert.Equal(example.Service ?? "unknown", Lines.LineReader.Label(line, "service"));
        Assert.Equal(example.Namespace ?? "default", Lines.LineReader.Label(line, "namespace"));
        // A clock of whole seconds gets digits up to the next one.
        var time = example.Milliseconds < 0 ? Lines.LineReader.KafkaMilliseconds : FormatExamples.Time + example.Milliseconds;
        Assert.InRange(line.Timestamp, time * 1_000_000, (time * 1_000_000) + (time % 1000 == 0 ? 999_999_999 : 999_999));
        Assert.Equal(example.Line, line.Text);
    }
}
