using System.Text;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class LogfmtDecoderTests
{
    [Theory]
    [InlineData("level=info msg=hello", "level=info|msg=hello")]
    [InlineData("  level=info\tmsg=\"hello world\"\n", "level=info|msg=hello world")]
    [InlineData("msg=\"a \\\"quoted\\\" word\" n=1", "msg=a \\\"quoted\\\" word|n=1")]
    [InlineData("word level=warn other", "level=warn")]
    [InlineData("a=\"x\"b=2", "a=x|b=2")]
    [InlineData("a=\"\" b=\"\\\\\" c=1", "b=\\\\|c=1")]
    [InlineData("=x level=warn", "level=warn")]
    [InlineData("url=http://host/?q=1 n=2", "n=2|url=http://host/?q=1")]
    [InlineData("empty= level=debug", "level=debug")]
    [InlineData("a=1 a=2", "a=2")]
    [InlineData("é=ü", "é=ü")]
    public void Pairs_are_fields_and_words_are_passed_over(string text, string expected)
    {
        Assert.True(TryRead(text, out var fields));
        Assert.Equal(expected, fields);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("just some words")]
    [InlineData("=")]
    [InlineData("msg=\"never closed")]
    [InlineData("msg=\"escaped to the end\\\"")]
    public void Without_a_pair_or_with_an_open_quote_it_is_no_logfmt(string text) => Assert.False(TryRead(text, out _));

    private static bool TryRead(string text, out string fields)
    {
        var sink = new RecordingSink();
        var valid = LogfmtDecoder.TryReadFields(Encoding.UTF8.GetBytes(text), FieldSource.Line, sink);
        sink.AddLine(default);
        fields = string.Join('|', sink.Lines[0].Fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal));
        return valid;
    }
}
