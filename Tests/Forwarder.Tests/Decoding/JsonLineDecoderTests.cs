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
        var fields = Read("""{"s":"text","n":1.50,"t":true,"f":false,"z":null,"o":{"s":"inner"},"a":[1,{"s":2}],"last":"x"}""", out var valid);

        Assert.True(valid);
        Assert.Equal(["f=false", "last=x", "n=1.50", "s=text", "t=true"], fields);
    }

    [Fact]
    public void Names_and_values_are_unescaped()
    {
        var fields = Read("""{"na\u006de":"a\"b\\c\/\u00e9\ud83d\ude00\n"}""", out var valid);

        Assert.True(valid);
        Assert.Equal(["name=a\"b\\c/é😀\n"], fields);
    }

    [Fact]
    public void The_last_of_two_equal_names_wins() =>
        Assert.Equal(["a=2"], Read("""{"a":"1","a":"2"}""", out _));

    [Fact]
    public void A_field_that_is_set_is_left_alone_when_asked_so()
    {
        var sink = new RecordingSink();
        sink.SetField(sink.FindField("level"u8), "error"u8);

        new JsonLineDecoder().TryReadFields("""{"level":"info","service":"a"}"""u8, sink, onlyUnset: true);
        sink.AddLine("x"u8);

        Assert.Equal("error", sink.Lines[0].Fields["level"]);
        Assert.Equal("a", sink.Lines[0].Fields["service"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("[]")]
    [InlineData("\"a\"")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1}}")]
    [InlineData("{\"a\":1} {\"b\":2}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":tru}")]
    [InlineData("// {}")]
    public void What_is_no_single_object_is_refused(string text)
    {
        Read(text, out var valid);

        Assert.False(valid);
    }

    [Theory]
    [InlineData(" {\"a\":1} \r\n")]
    [InlineData("{}")]
    public void White_space_around_the_object_does_no_harm(string text)
    {
        Read(text, out var valid);

        Assert.True(valid);
    }

    [Fact]
    public void Depth_is_bounded()
    {
        Read("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}", out var valid);

        Assert.False(valid);
    }

    [Fact]
    public void Any_object_of_strings_comes_back() => Gen.Dictionary(Texts.Some, Texts.Some)[0, 5].Sample(
        expected =>
        {
            var sink = new RecordingSink();

            Assert.True(new JsonLineDecoder().TryReadFields(JsonSerializer.SerializeToUtf8Bytes(expected), sink));
            sink.AddLine(default);

            Assert.Equal(expected, new Dictionary<string, string>(sink.Lines[0].Fields));
        },
        iter: 500);

    private static string[] Read(string text, out bool valid)
    {
        var sink = new RecordingSink();
        valid = new JsonLineDecoder().TryReadFields(Encoding.UTF8.GetBytes(text), sink);
        sink.AddLine(default);
        return [.. sink.Lines[0].Fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal)];
    }
}
