using System.Text;
using CsCheck;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class TextLineDecoderTests
{
    [Theory]
    [InlineData("error", "ERROR plain")]
    [InlineData("error", "ERROR: plain")]
    [InlineData("error", "ERROR:root:python")]
    [InlineData("warn", "WARNING  padded")]
    [InlineData("error", "fail: Shop.Orders[0]\n      Order 4712 failed")]
    [InlineData("info", "info: Microsoft.Hosting.Lifetime[14]")]
    [InlineData("fatal", "crit: Shop[0]")]
    [InlineData("debug", "dbug: Shop[0]")]
    [InlineData("trace", "trce: Shop[0]")]
    [InlineData("info", "\u001b[40m\u001b[32minfo\u001b[39m\u001b[22m\u001b[49m: Microsoft.Hosting.Lifetime[14]")]
    [InlineData("info", "\u001b[32mINFO\u001b[0m colours")]
    [InlineData("error", "[error] 12#12: nginx")]
    [InlineData("error", "2025/09/14 13:45:00 [error] 12#12: *1 open() failed")]
    [InlineData("warn", "2025-09-14 13:45:00,123 WARN  [main] com.example.Main - log4j")]
    [InlineData("error", "2025-09-14 13:45:00,123 [main] ERROR com.example.Main - logback")]
    [InlineData("error", "2025-09-14T13:45:00.123Z ERROR 1 --- [main] c.e.Shop : spring")]
    [InlineData("error", "2025-09-14 13:45:00,123 - shop.orders - ERROR - python")]
    [InlineData("error", "2025-09-14 13:45:00.123 | ERROR    | shop:main:1 - loguru")]
    [InlineData("error", "2025-09-14 13:45:00.1234|ERROR|Shop.Orders|nlog")]
    [InlineData("error", "2025-09-14 13:45:00,123 [1] ERROR Shop.Orders - log4net")]
    [InlineData("error", "[2025-09-14T13:45:00Z ERROR shop] env_logger")]
    [InlineData("error", "[2025-09-14T13:45:00.123] [ERROR] default - log4js")]
    [InlineData("error", "[2025-09-14T13:45:00.123456+00:00] shop.ERROR: monolog [] []")]
    [InlineData("error", "2025-09-14 13:45:00.123456 E [123:main] Shop -- semantic_logger")]
    [InlineData("error", "E, [2025-09-14T13:45:00.123456 #123] ERROR -- : ruby")]
    [InlineData("error", "2025-09-14T13:45:00.123Z [ERROR] shop: hclog")]
    [InlineData("error", "2025-09-14T13:45:00.123456Z ERROR shop::orders: tracing")]
    [InlineData("error", "2025-09-14 13:45:00.123 UTC [1] ERROR:  relation does not exist")]
    [InlineData("info", "2025-09-14 13:45:00.123 UTC [1] LOG:  checkpoint starting")]
    [InlineData("error", "2025-09-14T13:45:00.123Z\tb7a2-4c\tERROR\tlambda")]
    [InlineData("error", "2025-09-14 13:45:00 error: winston")]
    [InlineData("error", "2025-09-14T13:45:00.123Z [error]: winston")]
    [InlineData("info", "2025-09-14 13:45:00 info  go")]
    [InlineData("info", "2025-09-14T13:45:00.158Z INFO [reports] Job nightly-228 finished")]
    [InlineData("error", "[Sun Sep 14 13:45:00.123456 2025] [core:error] [pid 1] apache")]
    [InlineData("info", "I0914 13:45:00.123456       1 server.go:42] \"Starting\"")]
    [InlineData("error", "E0914 13:45:01.123456       1 controller.go:114] failed: level=warning is not mine")]
    [InlineData("error", "<11>Sep 14 13:45:00 host app[1]: rfc 3164")]
    [InlineData("warn", "<12>1 2025-09-14T13:45:00.123Z host app 1 ID - rfc 5424")]
    [InlineData("error", "<3>Shop.Orders[0] systemd console of .NET")]
    [InlineData("error", "Sep 14, 2025 1:45:00 PM com.example.Main main\nSEVERE: java.util.logging")]
    [InlineData("", "\"ERROR\" quoted")]
    [InlineData("", "10.0.0.1 \"ERROR x\"")]
    [InlineData("", "[main] {ERROR}")]
    [InlineData("error", "09:45:00.1 ERROR x")]
    [InlineData("error", "9 ERROR x")]
    [InlineData("error", "12 34 main ERROR x")]
    [InlineData("error", "- ERROR x")]
    [InlineData("error", "[main] — ERROR x")]
    [InlineData("", "2025-09-14 13:45:00 shop info here")]
    [InlineData("error", "2025-09-14 13:45:00 a.b.c.d.e.f ERROR x")]
    [InlineData("error", "2025-09-14 13:45:00 [a b c d e f] ERROR x")]
    [InlineData("error", "2025-09-14 13:45:00 a b c d ERROR x")]
    [InlineData("", "2025-09-14 13:45:00 a b c d e ERROR x")]
    [InlineData("error", "2025-09-14 13:45:00 <error> x")]
    [InlineData("", "[1] E x")]
    [InlineData("", "[1] E, x")]
    [InlineData("", "E x")]
    [InlineData("", "2025-09-14 13:45:00 E: x")]
    [InlineData("", "2025-09-14 13:45:00 e x")]
    [InlineData("error", "2025-09-14 13:45:00 ERROR-x y")]
    [InlineData("", "2025-09-14 13:45:00 ERROR=7")]
    [InlineData("", "ERROR-7 x")]
    [InlineData("error", "2025-09-14 13:45:00 [err] x")]
    [InlineData("", "[some error here] x")]
    [InlineData("", "[x] a b|error c")]
    [InlineData("", "[x] error here")]
    [InlineData("", "[x] a error|b")]
    [InlineData("trace", "2025-09-14 13:45:00 T [1] x")]
    [InlineData("debug", "2025-09-14 13:45:00 D [1] x")]
    [InlineData("info", "2025-09-14 13:45:00 I [1] x")]
    [InlineData("warn", "2025-09-14 13:45:00 W [1] x")]
    [InlineData("fatal", "2025-09-14 13:45:00 F [1] x")]
    [InlineData("", "Sep 14, 2025 1:45:00 PM com.example.Main main\nsevere: no")]
    [InlineData("", "Sep 14, 2025 1:45:00 PM com.example.Main main\nSevere: no")]
    [InlineData("", "Sep 14, 2025 1:45:00 PM com.example.Main main\nSEVERE no")]
    [InlineData("", "Sep 14, 2025 1:45:00 PM com.example.Main main\nSEVERE")]
    [InlineData("info", "<165>1 2025-09-14T13:45:00Z host")]
    [InlineData("debug", "<191>x")]
    [InlineData("", "<192>x")]
    [InlineData("error", "  <11>x")]
    [InlineData("", "Eabcd 13:45:00.123456 x y z")]
    [InlineData("", "2025-09-14 13:45:00+2:00 words")]
    [InlineData("", "user typed level=critical in prose, not logfmt")]
    [InlineData("", "Caused by: java.io.IOException: level=error in the text")]
    [InlineData("", "java.lang.IllegalStateException: boom")]
    [InlineData("", "\tat com.example.A.b(A.java:1)")]
    [InlineData("", "      Now listening on: http://[::]:8080")]
    [InlineData("", "the ERROR was found")]
    [InlineData("", "information about errors: none")]
    [InlineData("", "ERROR_CODE 7")]
    [InlineData("", "ERROR=7")]
    [InlineData("", "10.0.0.1 - - [14/Sep/2025:13:45:00 +0000] \"GET /error HTTP/1.1\" 200 12")]
    [InlineData("", "grüße ERROR")]
    [InlineData("", "<999>text")]
    [InlineData("", "<>")]
    [InlineData("", "")]
    public void The_level_is_found_at_the_head_of_a_line_and_not_in_prose(string expected,
        string line) => Assert.Equal(expected, Read(line).Level);

    [Theory]
    [InlineData("2025-09-14 13:45:00,123 WARN x", 1757857500_123000000)]
    [InlineData("[2025-09-14T13:45:00.123Z] x", 1757857500_123000000)]
    [InlineData("<12>1 2025-09-14T13:45:00.123Z host", 1757857500_123000000)]
    [InlineData("10.0.0.1 - - [14/Sep/2025:13:45:00 +0000] \"GET / HTTP/1.1\" 200 12", 1757857500_000000000)]
    [InlineData("done at 2025-09-14 13:45:00", 0)]
    [InlineData("12 apples", 0)]
    [InlineData("[1757857500] x", 0)]
    [InlineData("2025-09-14 13:45:00+2:00 x", 0)]
    public void The_time_is_found_at_the_head_of_a_line(string line,
        long expected) => Assert.Equal(expected, Read(line).HeadTime.Nanoseconds);

    [Fact]
    public void No_text_ever_throws() => Gen.OneOf(
        Texts.Any,
        Choice.Of("2025-09-14", " ", "13:45:00", "[", "]", "<", ">", "3", "E0914 ", "ERROR", "error", ":", "|", "\u001b[3", "m", "\n", "-",
            "é").Array[0, 12].Select(string.Concat)).Sample(
            text => Read(text),
            iter: 5000);

    private static SinkLine Read(string line)
    {
        var sink = new RecordingSink();
        TextLineDecoder.Read(Encoding.UTF8.GetBytes(line), FieldSource.Line, sink);
        sink.AddLine(default);
        return sink.Lines[0];
    }
}
