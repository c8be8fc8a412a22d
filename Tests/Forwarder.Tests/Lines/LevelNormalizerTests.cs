using System.Text;
using CsCheck;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Tests.Decoding;

namespace Observability.Forwarder.Tests.Lines;

public sealed class LevelNormalizerTests
{
    private static readonly string[] Known = ["trace", "debug", "info", "warn", "error", "fatal", "unknown"];

    [Theory]
    [InlineData("trace", "trace TRACE trc t Verbose 10")]
    [InlineData("debug", "debug Debug dbg D 20")]
    [InlineData("info", "INFO info Information informational inf I notice 30")]
    [InlineData("warn", "WARN warning Wrn w 40")]
    [InlineData("error", "ERROR err e 50")]
    [InlineData("fatal", "fatal FTL f critical crit PANIC alert emergency emerg 60")]
    [InlineData("unknown", "unknown other 35 -10 10.0 99999999999 infoinfoinfoinfoinfo x")]
    public void Every_spelling_finds_its_level(string expected, string spellings)
    {
        foreach (var spelling in spellings.Split(' '))
            Assert.Equal(expected, Encoding.UTF8.GetString(LevelNormalizer.Normalize(Encoding.UTF8.GetBytes(spelling))));
    }

    [Fact]
    public void Any_text_becomes_one_of_seven_and_those_stay() => Gen.OneOf(Texts.Any, Choice.Of(Known)).Sample(
        text =>
        {
            var level = Encoding.UTF8.GetString(LevelNormalizer.Normalize(Encoding.UTF8.GetBytes(text)));

            Assert.Contains(level, Known);
            Assert.Equal(level, Encoding.UTF8.GetString(LevelNormalizer.Normalize(Encoding.UTF8.GetBytes(level))));
        },
        iter: 500);
}
