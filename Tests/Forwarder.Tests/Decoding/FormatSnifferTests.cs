using System.Text;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class FormatSnifferTests
{
    [Theory]
    [InlineData("", "Text")]
    [InlineData("plain words", "Text")]
    [InlineData("{\"level\":\"info\"}", "Json")]
    [InlineData("{ \n  \"resourceLogs\": [] }", "OtlpJson")]
    [InlineData("{\"resource_logs\":[]}", "OtlpJson")]
    [InlineData("  {\"level\":\"info\"}", "Json")]
    [InlineData("\uFEFF{\"level\":\"info\"}", "Json")]
    [InlineData("{\"message\":\"a long way in front of resourceLogs\",\"resourceLogs\":[]}", "Json")]
    [InlineData("{\"resource\":\"shop\"}", "Json")]
    [InlineData("level=info msg=x", "Logfmt")]
    [InlineData("k8s.pod/name-1=x", "Logfmt")]
    [InlineData("level = info", "Text")]
    [InlineData("https://host/?q=1", "Text")]
    [InlineData("=x", "Text")]
    [InlineData("(x=1 y=2", "Text")]
    [InlineData("\n", "Text")]
    [InlineData("\nat Program.Main()", "Text")]
    public void The_first_bytes_tell_the_format(string text, string expected) =>
        Assert.Equal(expected, FormatSniffer.Sniff(Encoding.UTF8.GetBytes(text)).ToString());

    [Fact]
    public void OTLP_in_JSON_is_known_wherever_its_field_stands_in_the_first_bytes() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 40], Gen.Int[0, 3]).Sample(
            (before, behind, field) =>
            {
                string[] fields = ["\"resourceLogs\"", "\"resource_logs\"", "\"resourceLog\"", "resourceLogs\""];
                var text = "{" + new string(' ', before) + fields[field] + new string('r', behind);
                var head = text[..Math.Min(text.Length, 32)];
                var isOtlp = field < 2 && head.Contains(fields[field], StringComparison.Ordinal);

                return FormatSniffer.Sniff(Encoding.UTF8.GetBytes(text)) == (isOtlp ? RecordFormat.OtlpJson : RecordFormat.Json);
            },
            iter: 2000);

    [Fact]
    public void Every_request_that_holds_anything_is_known_as_protobuf() => OtlpRequests.Any.Sample(
        request => request.ResourceLogs.Count == 0 || FormatSniffer.Sniff(request.ToByteArray()) == RecordFormat.OtlpProtobuf,
        iter: 200);
}
