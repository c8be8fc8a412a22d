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

    private static string[] Read(string text, out bool valid, params string[] parents)
    {
        var sink = new RecordingSink();
        sink.Parents.UnionWith(parents);
        valid = new JsonLineDecoder().TryReadFields(Encoding.UTF8.GetBytes(text), FieldSource.Line, sink, out _);
        sink.AddLine(default);
        return [.. sink.Lines[0].Fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal)];
    }
}
