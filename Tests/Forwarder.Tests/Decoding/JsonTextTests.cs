using CsCheck;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

/// <summary>What looks at many bytes at once finds what looking at one after the other finds.</summary>
public sealed class JsonTextTests
{
    // Few quotes and backslashes, so that some strings are longer than a vector, and none, so that some never end.
    private static readonly Gen<byte[]> Texts = Gen.Frequency(
        (1, Bytes("\"\\a")),
        (3, Bytes("\"\\abcdefghijklmnopqrstuvwxyz{}[]:, \t\u007f\u0080ÿ")),
        (1, Bytes("abc \\")));

    [Fact]
    public void A_strings_end_is_found_as_byte_by_byte() => Gen.Select(Texts, Gen.Int[0, 40]).Sample(
        (text, position) =>
        {
            var end = JsonText.FindStringEnd(text, position, out var isEscaped);

            Assert.Equal(FindStringEnd(text, position), (end, isEscaped));
        },
        iter: 20_000);

    [Fact]
    public void White_space_is_skipped_as_byte_by_byte() => Gen.Select(Bytes(" \t\r\n\v\0a\u00a0"), Gen.Int[0, 40]).Sample(
        (text, position) =>
        {
            var expected = position;
            while (expected < text.Length && " \t\r\n"u8.Contains(text[expected]))
                expected++;

            Assert.Equal(expected, JsonText.SkipSpace(text, position));
        },
        iter: 5_000);

    [Fact]
    public void White_space_around_a_text_goes() => Bytes(" \t\r\n\v\0a\u00a0").Sample(
        text => Assert.Equal(text.AsSpan().Trim(" \t\r\n"u8).ToArray(), JsonText.Trim(text).ToArray()),
        iter: 5_000);

    private static Gen<byte[]> Bytes(string characters) =>
        Choice.Of(characters.Select(character => (byte)character).ToArray()).Array[0, 120];

    private static (int End, bool IsEscaped) FindStringEnd(byte[] text, int position)
    {
        var isEscaped = false;
        for (position++; position < text.Length; position++)
        {
            if (text[position] == '"')
                return (position, isEscaped);
            if (text[position] != '\\')
                continue;
            isEscaped = true;
            position++;
        }

        return (-1, isEscaped);
    }
}
