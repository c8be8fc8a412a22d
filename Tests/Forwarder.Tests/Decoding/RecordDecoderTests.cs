using System.Text;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class RecordDecoderTests
{
    private static readonly RecordFormat[] Formats = Enum.GetValues<RecordFormat>();

    // Words of all formats, so that mutations get further than the first byte.
    private static readonly Gen<byte[]> Words = Choice.Of(
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u00", "\\ud800", "\"level\"", "\"resourceLogs\"", "\"scopeLogs\"", "\"logRecords\"", "\"body\"", "\"stringValue\"", "\"arrayValue\"",
        "\"values\"", "\"intValue\"", "\"timeUnixNano\"", "99999999999999999999", "-1", "1e999", "null", "true", "level=", "msg=\"", " ", "\n", "é")
        .Array[0, 20].Select(words => Encoding.UTF8.GetBytes(string.Concat(words)));

    private static readonly Gen<byte[]> Valid = Gen.OneOf(
        OtlpRequests.Any.Select(request => request.ToByteArray()),
        OtlpRequests.Any.Select(request => Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(request))),
        Gen.Const("""{"timestamp":"2025-09-14T13:45:00.123Z","level":"INFO","service":"test-app","message":"Request processed","n":1.5}"""u8.ToArray()),
        Gen.Const("level=info ts=2025-09-14T13:45:00Z msg=\"hello \\\"world\\\"\""u8.ToArray()));

    private static readonly Gen<byte[]> Mutated = Gen.Select(Valid, Gen.Select(Gen.Int[0, 1 << 20], Gen.Int[0, 3], Gen.Byte).Array[1, 5], Mutate);

    [Fact]
    public void No_input_of_any_format_ever_throws_or_gets_lost() => Gen.OneOf(Gen.Byte.Array[1, 60], Words, Mutated, Valid).Where(value => value.Length > 0).Sample(
        value =>
        {
            foreach (var format in Formats)
            {
                var sink = new RecordingSink();

                var decoded = new RecordDecoder().Decode(format, value, sink);

                if (decoded)
                    Assert.True(sink.Lines.Count > 0 || IsOtlp(format, value), $"{format} lost the record");
                else
                    Assert.Equal(Encoding.UTF8.GetString(value).TrimEnd('\r', '\n'), Assert.Single(sink.Lines).Text);
                if (!decoded)
                    Assert.Empty(sink.Lines[0].Fields);
            }
        },
        iter: 4000);

    [Theory]
    [InlineData("Json", "{\"level\":\"info\"")]
    [InlineData("Json", "no json")]
    [InlineData("OtlpJson", "{\"resourceLogs\":[")]
    [InlineData("OtlpProtobuf", "no protobuf")]
    [InlineData("Logfmt", "msg=\"open")]
    [InlineData("Auto", "{\"level\":\"info\"")]
    public void What_cannot_be_decoded_is_one_raw_line(string format, string text)
    {
        var sink = new RecordingSink();

        Assert.False(new RecordDecoder().Decode(Enum.Parse<RecordFormat>(format), Encoding.UTF8.GetBytes(text + "\r\n"), sink));

        Assert.Equal(text, Assert.Single(sink.Lines).Text);
        Assert.Empty(sink.Lines[0].Fields);
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Json")]
    [InlineData("Logfmt")]
    [InlineData("Auto")]
    public void What_is_no_utf8_keeps_its_readable_part(string format)
    {
        var sink = new RecordingSink();

        Assert.False(new RecordDecoder().Decode(Enum.Parse<RecordFormat>(format), [(byte)'a', 0xFF, (byte)'b'], sink));

        Assert.Equal("a\uFFFDb", Assert.Single(sink.Lines).Text);
    }

    [Fact]
    public void A_stack_trace_stays_one_line()
    {
        var sink = new RecordingSink();

        Assert.True(new RecordDecoder().Decode(RecordFormat.Auto, "System.Exception: no\n   at A()\n   at B()\n"u8, sink));

        Assert.Equal("System.Exception: no\n   at A()\n   at B()", Assert.Single(sink.Lines).Text);
    }

    [Fact]
    public void What_one_record_leaves_behind_does_not_reach_the_next()
    {
        var sink = new RecordingSink();
        var decoder = new RecordDecoder();

        decoder.Decode(RecordFormat.Json, "{\"level\":\"error\",\"cut"u8, sink);
        decoder.Decode(RecordFormat.Text, "plain"u8, sink);

        Assert.All(sink.Lines, line => Assert.Empty(line.Fields));
    }

    private static bool IsOtlp(RecordFormat format, byte[] value) =>
        (format == RecordFormat.Auto ? FormatSniffer.Sniff(value) : format) is RecordFormat.OtlpProtobuf or RecordFormat.OtlpJson;

    private static byte[] Mutate(byte[] value, (int Place, int Kind, byte With)[] mutations)
    {
        var bytes = value.ToList();
        foreach (var (place, kind, with) in mutations)
        {
            var at = bytes.Count == 0 ? 0 : place % bytes.Count;
            if (kind == 0)
                bytes.Insert(at, with);
            else if (bytes.Count == 0)
                continue;
            else if (kind == 1)
                bytes.RemoveAt(at);
            else if (kind == 2)
                bytes[at] = with;
            else
                bytes.RemoveRange(at, bytes.Count - at);
        }

        return [.. bytes];
    }
}
