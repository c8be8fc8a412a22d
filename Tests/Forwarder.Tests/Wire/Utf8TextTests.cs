using System.Text;
using CsCheck;
using Observability.Forwarder.Tests.Decoding;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Tests.Wire;

public sealed class Utf8TextTests
{
    [Fact]
    public void The_longest_whole_beginning_is_kept() => Gen.Select(Texts.Any, Gen.Int[0, 40]).Sample(
        (text, limit) =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var expected = text.EnumerateRunes().Aggregate((Text: "", Full: false), (kept, rune) =>
                kept.Full || Encoding.UTF8.GetByteCount(kept.Text) + rune.Utf8SequenceLength > limit
                    ? (kept.Text, true)
                    : (kept.Text + rune, false)).Text;

            Assert.Equal(expected, Encoding.UTF8.GetString(Utf8Text.Truncate(bytes, limit)));
        },
        iter: 1000);

    [Fact]
    public void What_is_no_UTF_8_is_cut_as_well() =>
        Assert.Equal([0, 0, 0], ((byte[][])[[0x80, 0x80, 0x80], [0xBF, 0x80], [(byte)'a', 0x80, 0x80, 0x80]])
            .Select(text => Utf8Text.Truncate(text, text.Length - 1).Length));
}
