using System.Text;
using System.Text.Unicode;
using CsCheck;
using Observability.Forwarder.Tests.Decoding;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Tests.Wire;

public sealed class Utf8TextTests
{
    /// <summary>Few bytes that are no ASCII, so that some texts have one alone, anywhere.</summary>
    [Fact]
    public void Text_is_valid_as_the_library_says() => Gen.Select(
        Gen.Frequency((60, Gen.Byte[0, 127]), (1, Gen.Byte)).Array[0, 80], Texts.Any, Gen.Int[0, 80]).Sample(
        (bytes, text, place) =>
        {
            byte[] mixed = [.. bytes[..Math.Min(place, bytes.Length)], .. Encoding.UTF8.GetBytes(text), .. bytes];

            Assert.Equal(Utf8.IsValid(bytes), Utf8Text.IsValid(bytes));
            Assert.Equal(Utf8.IsValid(mixed), Utf8Text.IsValid(mixed));
        },
        iter: 10_000);

    [Fact]
    public void A_byte_that_is_no_ASCII_is_seen_in_each_place_of_a_text_of_each_length()
    {
        foreach (var length in (int[])[.. Enumerable.Range(1, 70), 1023, 1024, 1025, 3000])
        {
            var text = new byte[length];
            Assert.True(Utf8Text.IsValid(text));
            for (var place = 0; place < length; place++)
            {
                text[place] = 0x80;
                Assert.False(Utf8Text.IsValid(text));
                text[place] = 0;
            }
        }

        Assert.True(Utf8Text.IsValid(default));
    }

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
