using System.Text;
using System.Text.Json;
using CsCheck;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class JsonLineDecoderTests
{
    [Fact]
    public void Top_level_scalars_are_fields_and_what_is_nested_or_null_is_not()
    {
        var fields = Read("""{"s":"text","n":1.50,"t":true,"f":false,"z":null,"o":{"s":"inner"},"a":[1,{"s":2}],"last":"x"}""",
            out var valid);

        Assert.True(valid);
        Assert.Equal(["f=false", "last=x", "n=1.50", "s=text", "t=true"], fields);
    }

    [Fact]
    public void A_path_reaches_into_objects_and_finds_names_with_dots_alike()
    {
        Assert.Equal(["k.a=1", "k.b.c=2"], Read("""{"k":{"a":1,"b":{"c":2},"x":{"y":3}}}""", out _, "k", "k.b"));
        Assert.Equal(["k.a=1", "k.b.c=2"], Read("""{"k.a":1,"k":{"b.c":2}}""", out _, "k", "k.b"));
        Assert.Equal(["after=4", "k.b.c=2"], Read("""{"k":{"b":{"c":2}},"after":4}""", out _, "k", "k.b"));
    }

    [Fact]
    public void A_path_of_any_length_does_no_harm()
    {
        var name = new string('n', 300);

        Assert.Equal(["after=2"], Read($$$"""{"k":{"{{{name}}}":{"a":1}},"after":2}""", out var valid, "k"));
        Assert.True(valid);
        Assert.DoesNotContain(Read($$$"""{"k":{"{{{name}}}":1}}""", out _, "k"), field => field.EndsWith("n=1", StringComparison.Ordinal));
        Assert.Contains($"{name}=1", Read($$"""{"{{name}}":1}""", out _));
        // A path is 256 bytes long at the most.
        Assert.Contains($"k.{name[..254]}=1", Read($$$"""{"k":{"{{{name[..254]}}}":1}}""", out _, "k"));
        for (var length = 250; length < 260; length++)
            Assert.Contains("after=2", Read($$$"""{"{{{name[..length]}}}":{"a":1},"after":2}""", out _, name[..length]));
    }

    [Fact]
    public void Names_and_values_are_unescaped()
    {
        var fields = Read("""{"na\u006de":"a\"b\\c\/\u00e9\ud83d\ude00\n"}""", out var valid);

        Assert.True(valid);
        Assert.Equal(["name=a\"b\\c/é😀\n"], fields);
    }

    [Theory]
    [InlineData(@"\b\f\n\r\t\/\\\""", "\b\f\n\r\t/\\\"")]
    [InlineData(@"\u00e9\u00C9\u20aC", "éÉ€")]
    [InlineData(@"\u00af\u00FA\u00AF", "¯ú¯")]
    [InlineData(@"\u12", "u12")]
    [InlineData(@"\u001", "u001")]
    [InlineData(@"\u001g\u00:0", "u001gu00:0")]
    [InlineData(@"\ud83d\ude00 \uD83D\uDE00", "😀 😀")]
    [InlineData(@"\ud83d", "\uFFFD")]
    [InlineData(@"\ud83d\u0041", "\uFFFDA")]
    [InlineData(@"\ud83d\ude0", "\uFFFDude0")]
    [InlineData(@"\ud83d\nude00", "\uFFFD\nude00")]
    [InlineData(@"\ud83d ude00", "\uFFFD ude00")]
    [InlineData(@"\ude00\ud83d", "\uFFFD\uFFFD")]
    [InlineData(@"\q\é", "qé")]
    public void Every_escape_is_resolved_and_what_is_none_stays(string text, string expected) =>
        Assert.Equal([$"a={expected}"], Read($$"""{"a":"{{text}}"}""", out _));

    [Fact]
    public void A_text_with_escapes_may_be_of_any_length()
    {
        var text = new string('x', 5_000);

        Assert.Equal([$"a=\n{text}", "b=\t"], Read($$"""{"a":"\n{{text}}","b":"\t"}""", out _));
    }

    [Fact]
    public void The_last_of_two_equal_names_wins() =>
        Assert.Equal(["a=2"], Read("""{"a":"1","a":"2"}""", out _));

    [Theory]
    [InlineData("{\"a\":1,\"b\":NaN,\"c\":2}", "a=1|b=NaN|c=2")]
    [InlineData("{\"a\":1,\"b\":-Infinity,\"c\":2}", "a=1|b=-Infinity|c=2")]
    [InlineData("{\"a\":1,\"b\":\"x\u0001\ty\",\"c\":2}", "a=1|b=x\u0001\ty|c=2")]
    [InlineData("{\"a\":1,\"b\":\"x\\ud800y\",\"c\":2}", "a=1|b=x\uFFFDy|c=2")]
    [InlineData("{\"a\":1,\"b\":\"x\\q\",\"c\":2}", "a=1|b=xq|c=2")]
    [InlineData("\uFEFF{\"a\":1}", "a=1")]
    public void What_loggers_write_though_it_is_no_JSON_is_read(string text, string expected)
    {
        Assert.Equal(expected.Split('|'), Read(text, out var valid));
        Assert.True(valid);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("}", "")]
    [InlineData("[]", "")]
    [InlineData("\"a\"", "")]
    [InlineData("{\"a\":1", "a=1")]
    [InlineData("{\"a\":1,\"b\":\"cut o", "a=1")]
    [InlineData("{\"a\":1,}", "a=1")]
    [InlineData("{\"a\":1,\"b", "a=1")]
    [InlineData("{\"a\":1,\"b\"", "a=1")]
    [InlineData("{\"a\":1,\"b\" ", "a=1")]
    [InlineData("{\"a\":1,\"b\":", "a=1")]
    [InlineData("{\"a\":1,\"b\":\"x\"", "a=1|b=x")]
    [InlineData("{\"a\":\"1\";\"b\":2}", "a=1")]
    [InlineData("{\"a\" 1}", "")]
    [InlineData("{a:1}", "")]
    [InlineData("{\"a\":1,\"b\":tru}", "a=1")]
    [InlineData("{\"a\":\"Not \"escaped\" inside\",\"b\":2}", "a=Not ")]
    [InlineData("{\"a\":1,\"b\":[1,2", "a=1")]
    [InlineData("{\"a\":1,\"k\":{\"b\":2", "a=1")]
    [InlineData("// {}", "")]
    public void What_was_read_before_a_fault_is_kept(string text, string expected)
    {
        var fields = Read(text, out var valid);

        Assert.False(valid);
        Assert.Equal(expected, string.Join('|', fields));
    }

    [Theory]
    [InlineData(" {\"a\":1} \r\n", 11)]
    [InlineData("{}", 2)]
    [InlineData("{\"a\":1} {\"b\":2}", 8)]
    [InlineData("{\"a\":1}}", 7)]
    public void It_ends_behind_the_object_and_white_space(string text, int expected)
    {
        Assert.True(new JsonLineDecoder().TryReadFields(Encoding.UTF8.GetBytes(text), FieldSource.Line, new RecordingSink(),
            out var length));
        Assert.Equal(expected, length);
    }

    [Fact]
    public void Depth_costs_nothing()
    {
        Assert.Equal(["b=1"], Read("{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + ",\"b\":1}", out var valid));
        Assert.True(valid);
    }

    [Fact]
    public void Any_object_of_strings_comes_back() => Gen.Dictionary(Texts.Some, Texts.Some)[0, 5].Sample(
        expected =>
        {
            var sink = new RecordingSink();
            var json = JsonSerializer.SerializeToUtf8Bytes(expected);

            Assert.True(new JsonLineDecoder().TryReadFields(json, FieldSource.Line, sink, out var length));
            sink.AddLine(default);

            Assert.Equal(json.Length, length);
            Assert.Equal(expected, new Dictionary<string, string>(sink.Lines[0].Fields));
        },
        iter: 500);

    /// <summary>Lines of loggers that take turns, with faults and all that is not usual.</summary>
    [Fact]
    public void What_earlier_lines_let_expect_changes_no_verdict() => Lines.Array[2, 12].Sample(
        lines =>
        {
            var (decoder, sink) = (new JsonLineDecoder(), new RecordingSink { Parents = { "a", "nested", "a.b" } });
            foreach (var line in lines)
            {
                var (alone, ofAlone) = (new JsonLineDecoder(), new RecordingSink { Parents = { "a", "nested", "a.b" } });
                var expected = alone.TryReadFields(line, FieldSource.Line, ofAlone, out var expectedLength);
                ofAlone.AddLine(default);

                Assert.Equal(expected, decoder.TryReadFields(line, FieldSource.Line, sink, out var length));
                sink.AddLine(default);
                Assert.Equal(expectedLength, length);
                Assert.Equal(ofAlone.Lines[0].Fields, sink.Lines[^1].Fields);
            }
        },
        iter: 3_000);

    [Fact]
    public void Handles_of_other_fields_are_asked_for_anew()
    {
        var decoder = new JsonLineDecoder();
        foreach (var names in (string[][])[["a", "b"], ["b", "a"]])
        {
            var sink = new RecordingSink();
            foreach (var name in names)
                sink.FindField(Encoding.UTF8.GetBytes(name));
            for (var time = 0; time < 2; time++)
            {
                Assert.True(decoder.TryReadFields("""{"a":"1","b":"2"}"""u8, FieldSource.Line, sink, out _));
                sink.AddLine(default);
                Assert.Equal(["a=1", "b=2"],
                    sink.Lines[^1].Fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal));
            }
        }
    }

    // Names that begin or end alike, of lengths about those of vectors; values of all kinds; now and then white space; some cut off.
    private static readonly Gen<byte[]> Lines = Gen.Select(
        Gen.Select(
            Choice.Of("a", "b", "level", "levels", "level2", "time", "nested", "trace_id", "trace_if", "a\\u0062", "", "\u00e9",
                "sixteen_letter", "sixteen_letters", "thirteen_chars_", "a_name_of_twenty_eight_bytes", "a_name_of_twenty_nine_bytes_",
                "a_name_of_thirty_bytes_______", "a_name_that_is_longer_than_two_vectors_are"),
            Gen.Frequency(
                (4, Choice.Of("\"\"", "\"x\"", "\"INFO\"", "\"2026-11-26T08:00:00.123Z\"", "\"0123456789abcdef0123456789abcdef\"",
                    "\"some text that is longer than three vectors of sixteen bytes each are\"")),
                (3, Choice.Of("0", "-1.5", "1234567890123456", "12345678901234567890", "1\"2", "true", "null", "NaN", "tru", "")),
                (2, Choice.Of("\"\\\"\"", "\"a\\nb\"", "\"text before \\\"quotes\\\" and text behind\"", "\"never ends", "\"\u00e9\"")),
                (2, Choice.Of("{}", "[]", "{\"b\":1,\"level\":\"x\"}", "{\"b\":{\"c\":\"y\"}}", "[1,{\"a\":\"}\"}]", "{\"b\":1"))),
            Gen.Frequency((8, Gen.Const(":")), (1, Choice.Of(": ", " :", " : ", "", "::"))),
            Gen.Frequency((12, Gen.Const(",")), (1, Choice.Of(", ", " ,", "", ";", ",,", "}"))),
            (name, value, colon, comma) => $"\"{name}\"{colon}{value}{comma}").Array[0, 8],
        Gen.Frequency((8, Gen.Const("}")), (1, Choice.Of("", "} ", " }\n", "}}", ",}", "]"))),
        Gen.Frequency((6, Gen.Const(0)), (1, Gen.Int[0, 60])),
        (fields, end, cut) =>
        {
            var line = Encoding.UTF8.GetBytes($"{{{string.Concat(fields).TrimEnd(',')}{end}");
            return line[..Math.Max(0, line.Length - cut)];
        });

    private static string[] Read(string text, out bool valid, params string[] parents)
    {
        var sink = new RecordingSink();
        sink.Parents.UnionWith(parents);
        valid = new JsonLineDecoder().TryReadFields(Encoding.UTF8.GetBytes(text), FieldSource.Line, sink, out _);
        sink.AddLine(default);
        return [.. sink.Lines[0].Fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal)];
    }
}
