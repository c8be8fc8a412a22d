using System.Text;
using CsCheck;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class LevelNormalizerTests
{
    private static readonly string[] Known = ["trace", "debug", "info", "warn", "error", "fatal"];

    [Theory]
    [InlineData("trace", "trace TRACE trc t Verbose finer FINEST trce silly 10")]
    [InlineData("debug", "debug Debug dbg D 20 FINE CONFIG dbug DEBUG1 DEBUG3 DEBUG5 D1 D2 D5")]
    [InlineData("info", "INFO info Information informational inf I notice 30 success INFO+2 INFO-1 INFORMATIONAL+10 LOG HTTP")]
    [InlineData("warn", "WARN warning Wrn w 40")]
    [InlineData("error", "ERROR err e 50 SEVERE eror fail ERROR+2")]
    [InlineData("fatal", "fatal FTL f critical crit PANIC dpanic alert emergency emerg 60")]
    [InlineData("", "unknown other 35 -10 10.0 99999999999 infoinfoinfoinfoinfo x error+ 500 7")]
    [InlineData("", "error+x error+1x +1 DEBUG6 DEBUG0 DEBUGX DEBUX3 D0 D6 DX D\u0011 30x")]
    public void Every_spelling_finds_its_level(string expected, string spellings)
    {
        foreach (var spelling in spellings.Split(' '))
            Assert.Equal(expected, Normalize(spelling));
    }

    /// <summary>The usual names are recognised at a glance, and white space before a name prevents that.</summary>
    [Theory]
    [InlineData("info")]
    [InlineData("WARN")]
    [InlineData("Debug")]
    [InlineData("eRROR")]
    public void A_glance_sees_what_a_long_look_sees(string name)
    {
        for (var place = 0; place < name.Length; place++)
        {
            for (var other = 0; other <= byte.MaxValue; other++)
            {
                var level = Encoding.UTF8.GetBytes(name);
                level[place] = (byte)other;

                var expected = LevelNormalizer.Normalize([(byte)' ', (byte)' ', .. level]);

                Assert.True(expected.SequenceEqual(LevelNormalizer.Normalize(level)), $"{name} with {other} at {place}");
            }
        }
    }

    [Fact]
    public void White_space_around_a_level_does_no_harm() => Assert.Equal("error", Normalize(" ERROR \n"));

    [Theory]
    [InlineData("fatal", "0 1 2")]
    [InlineData("error", "3")]
    [InlineData("warn", "4")]
    [InlineData("info", "5 6")]
    [InlineData("debug", "7")]
    [InlineData("", "8 30")]
    public void Syslog_counts_from_the_worst(string expected, string numbers)
    {
        foreach (var number in numbers.Split(' '))
            Assert.Equal(expected, Encoding.UTF8.GetString(LevelNormalizer.Normalize(Encoding.UTF8.GetBytes(number), LevelScale.Syslog)));
    }

    [Fact]
    public void Any_text_becomes_one_of_six_or_none_and_those_stay() => Gen.OneOf(Texts.Any, Choice.Of(Known)).Sample(
        text =>
        {
            var level = Normalize(text);

            Assert.Contains(level, Known.Append(""));
            Assert.Equal(level, Normalize(level));
        },
        iter: 500);

    private static string Normalize(string level) => Encoding.UTF8.GetString(LevelNormalizer.Normalize(Encoding.UTF8.GetBytes(level)));
}
