using System.Text.Json;
using Observability.Forwarder.Tests.Lines;

namespace Observability.Forwarder.Tests.Formats;

/// <summary>Forty Kafka records as Alloy 1.18.1 wrote them (<c>Tests/Cases/alloy</c>), and what a reader of the store must get.</summary>
public sealed class AlloyRecordTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cases", "alloy");

    // Where the Forwarder's table finds more than what was written down with the records: levels at the head of a text line, the fields
    // before the place where a line is cut off. And the service that the recorded configuration itself had overwritten with nothing.
    private static readonly Dictionary<string, (string Label, string Value)> Otherwise = new()
    {
        ["ERROR plain upper"] = ("level", "error"),
        ["2026-11-26 08:00:00,123 WARN  [main] com.example.Main - spring style"] = ("level", "warn"),
        ["[error] 12#12: nginx style"] = ("level", "error"),
        ["info: Microsoft.Hosting.Lifetime[14]"] = ("level", "info"),
        ["\u001b[32mINFO\u001b[0m ansi colours"] = ("level", "info"),
        ["{\"level\":\"error\",\"message\":\"broken json"] = ("level", "error"),
        ["{\"level\":\"INFO\",\"service\":\"\",\"message\":\"empty service\"}"] = ("service", "unknown"),
    };

    public static TheoryData<string> Files
    {
        get
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "index.json")));
            return [.. index.RootElement.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("file").GetString()!)];
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_line_of_a_record_is_read_as_its_reader_expects(string file)
    {
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "index.json")));
        var record = index.RootElement.GetProperty("records").EnumerateArray()
            .Single(record => record.GetProperty("file").GetString() == file);
        var expected = record.GetProperty("lines").EnumerateArray().ToList();
        var isOfPods = record.GetProperty("source").GetString() == "kubernetes";
        var time = long.Parse(expected[0].GetProperty("time_unix_nano").GetString()!, null) / 1_000_000;

        var lines = LineReader.Read(File.ReadAllBytes(Path.Combine(Folder, file)), kafkaMilliseconds: time);

        Assert.Equal(expected.Count, lines.Count);
        for (var i = 0; i < lines.Count; i++)
            Check(expected[i], lines[i], isOfPods);
    }

    private static void Check(JsonElement expected, WrittenLine line, bool isOfPods)
    {
        if (expected.TryGetProperty("line", out var text))
            Assert.Equal(text.GetString(), line.Text);
        else
            Assert.Equal(expected.GetProperty("line_length").GetInt32(), line.Text.Length);

        var otherwise = Otherwise.GetValueOrDefault(line.Text);
        foreach (var name in new[] { "namespace", "service", "level" })
        {
            var value = otherwise.Label == name ? otherwise.Value : expected.GetProperty(name).GetString()!;
            Assert.Equal(name == "level" && value == "unknown" ? null : value, LineReader.Label(line, name));
        }

        foreach (var name in new[] { "pod", "container", "node" })
        {
            if (expected.TryGetProperty(name, out var value))
                Assert.Equal(value.GetString(), LineReader.Metadata(line, name));
        }

        // The pods' times were whole seconds, those of applications .NET's ticks, which may end in another zero: what digits they lack
        // comes from the place in Kafka.
        var time = long.Parse(expected.GetProperty("time_unix_nano").GetString()!, null);
        Assert.InRange(line.Timestamp, time, time + (isOfPods ? 999_999_999 : 999));
        Assert.DoesNotContain("loki_attribute_labels", line.Metadata, StringComparison.Ordinal);
        Assert.Null(LineReader.Metadata(line, "level"));
    }
}
