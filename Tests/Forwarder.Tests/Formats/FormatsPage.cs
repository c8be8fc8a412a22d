using System.Text;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Decoding.Shapes;

namespace Observability.Forwarder.Tests.Formats;

/// <summary>The page <c>docs/formats.md</c>, made from the table of shapes and the examples.</summary>
internal static class FormatsPage
{
    private const string Head = """
        # Formats

        What the Forwarder reads in a line, and where it finds it. This page is made from `Forwarder/Decoding/Shapes/LineShapes.cs`; a test
        holds it, and `UPDATE_SNAPSHOTS=1` writes it anew.

        A record of Kafka is OTLP (protobuf or JSON), JSON, logfmt or text, as its first bytes tell (`Forwarder:Formats:<topic>` says it
        for good). Several lines come in OTLP, in newline-delimited JSON, in Azure's `{"records":[…]}`, and in any JSON array with
        `Forwarder:Formats:<topic>=json-array`. The five bytes of a schema registry before JSON or protobuf are taken off. A line is always
        forwarded as it is. The body of an OTLP record is read like any other line.

        - **Labels** come from the fields that the settings name (`Forwarder:Labels:<name>=field,field`), then from those of the line's
          format below, then from the usual ones. A dotted path reaches into objects: `Forwarder:Labels:team=meta.owner.team`.
        - **The time** likewise, after `Forwarder:TimestampFields`. A time further ahead of Kafka's than `Forwarder:MaxTimeAhead` or further
          behind than `Forwarder:MaxTimeBehind` is passed over, and so is a local time without a zone that is off by ten minutes to
          fourteen hours. When none is left the line gets Kafka's time, and without that the time of reading.
        - **The level** becomes `trace`, `debug`, `info`, `warn`, `error` or `fatal`. A line that tells none gets no label `level`, so that
          Loki's own `detected_level` looks for one; `Forwarder:Defaults:level=unknown` sets it.
        - **OTLP**: the record's own severity and time, and its resource, go before what its body says; but a severity number without a text
          goes behind it, and of a pod's line through Alloy the service that a JSON body names goes before the pod's. Attributes, scope and resource are structured metadata under the names
          that Loki's own OTLP endpoint gives them (`Forwarder:DropAttributes` takes some out), but for those that became a label and
          those that a JSON body shows. A record without a body becomes `event_name=… attribute=…`. Not kept: the observed time, flags,
          schema addresses, counts of dropped attributes.
        - **Faults** stay where they are: text that is no UTF-8 gets U+FFFD, fields before a fault in JSON are kept, a broken log record is a
          raw line among the others.

        ## Lines with fields (JSON, logfmt)

        The first row whose marks a line all has is its format. An envelope is what a shipper puts around somebody else's line, which is
        read as well.

        """;

    public static string Render()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n")).Append('\n');
        page.Append("| format | marks | time | level | service | message |\n|---|---|---|---|---|---|\n");
        foreach (var shape in LineShapes.All.Append(LineShapes.Usual))
        {
            page.Append("| ").AppendJoin(" | ", shape.Name, List(shape.Marks), Time(shape), Level(shape), List(shape.Service),
                Message(shape)).Append(" |\n");
        }

        page.Append("\n```\n");
        foreach (var example in FormatExamples.WithFields)
            page.Append(example.Line).Append('\n');
        page.Append(
            "```\n\n## Lines of text\n\nLevel and time stand at the head of a line: behind a date, numbers, names in brackets and a few "
                + "words. Prose is left alone.\n\n```\n");
        foreach (var example in FormatExamples.Text)
            page.Append(example.Line).Append('\n');
        return page.Append("```\n").ToString();
    }

    private static string List(IEnumerable<string> fields) => string.Join(", ", fields.Select(field => $"`{field}`"));

    private static string Time(LineShape shape) => List(shape.Time) + (shape.Nanoseconds is null ? "" : $" and `{shape.Nanoseconds}`");

    private static string Level(LineShape shape) =>
        List(shape.Level) + (shape.DefaultLevel is null ? "" : $", else {shape.DefaultLevel}")
            + (shape.Scale == LevelScale.Syslog ? " (numbers as syslog counts)" : "");

    private static string Message(LineShape shape) =>
        shape.Message is null ? "" : $"`{shape.Message}`" + (shape.IsEnvelope ? " (envelope)" : "");
}
