using System.Text;
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

    /// <summary>A value whose end is not found at a glance is looked at again, so only what is found counts.</summary>
    [Fact]
    public void An_end_seen_at_a_glance_is_the_end() => Gen.Select(
        Gen.Frequency((1, Texts), (2, Bytes("\"\\ab0123456789")), (1, Bytes("-0123456789.,}] \t\r\n:"))), Gen.Int[0, 40]).Sample(
        (text, position) =>
        {
            var end = JsonText.FindEndAtAGlance(text, position);
            if (end < 0)
                return;

            Assert.InRange(end, position + 1, text.Length - 1);
            if (text[position] == '"')
                Assert.Equal((end - 1, false), FindStringEnd(text, position));
            else
                Assert.Equal(end, SkipScalar(text, position));
        },
        iter: 20_000);

    [Fact]
    public void Short_texts_and_numbers_are_seen_at_a_glance()
    {
        foreach (var value in (string[])["\"\"", "\"abc\"", $"\"{new string('f', 32)}\"", "0", "-1.5e3"])
        {
            foreach (var end in (string[])[",", "}"])
            {
                var text = Encoding.UTF8.GetBytes($"{value}{end}{new string(' ', 60)}");

                Assert.Equal(value.Length, JsonText.FindEndAtAGlance(text, 0));
            }
        }
    }

    [Fact]
    public void A_number_or_word_is_skipped_as_byte_by_byte() => Gen.Select(
        Gen.Frequency((2, Bytes("-0123456789.eE,}] \t\r\n")), (1, Bytes("truefalsn,} ")), (1, Texts)), Gen.Int[0, 40]).Sample(
        (text, position) =>
        {
            if (position < text.Length)
                Assert.Equal(SkipScalar(text, position), JsonText.SkipScalar(text, position));
        },
        iter: 20_000);

    /// <summary>The texts stand in memory one behind the other.</summary>
    [Fact]
    public void What_stands_behind_a_text_does_not_belong_to_it()
    {
        var memory = new byte[100];
        for (var length = 0; length < memory.Length; length++)
        {
            Array.Fill(memory, (byte)'a', 0, length);
            memory[length] = (byte)'"';
            for (var position = 0; position < length; position++)
                Assert.Equal(-1, JsonText.FindStringEnd(memory.AsSpan(0, length), position, out _));
        }
    }

    [Theory]
    [InlineData("""{"name":"shop"}""", "shop")]
    [InlineData("""{ "a" : [1,{"name":"in"}] , "b":{"name":"in"},"c":"}","d":-1.5,"e":null, "name" : "shop" , "f":1}""", "shop")]
    [InlineData("""{"name":"a\"b"}""", "a\\\"b")]
    [InlineData("""{"name":"","name":"second"}""", "")]
    [InlineData("""{"name":1,"name":"second"}""", "second")]
    [InlineData("""{"names":"a","nam":"b"}""", null)]
    [InlineData("""{"name":["a"]}""", null)]
    [InlineData("""{"a":"name"}""", null)]
    [InlineData("{}", null)]
    [InlineData("{", null)]
    [InlineData("""{"na""", null)]
    [InlineData("""{"name" """, null)]
    [InlineData("""{"name" "shop"}""", null)]
    [InlineData("""{"name":""", null)]
    [InlineData("""{"name":"shop""", null)]
    [InlineData("""{"a":tru,"name":"shop"}""", null)]
    [InlineData("""{"a":[1,"name":"shop"}""", null)]
    [InlineData("""{"a":"cut o,"name":"shop"}""", null)]
    [InlineData("""{"a":1;"name":"shop"}""", null)]
    [InlineData("""{"a":1""", null)]
    public void The_text_of_a_field_is_found_and_nothing_is_found_behind_a_fault(string json, string? expected)
    {
        var isFound = JsonText.TryFindText(Encoding.UTF8.GetBytes(json), "name"u8, out var value);

        Assert.Equal(expected, isFound ? Encoding.UTF8.GetString(value) : null);
    }

    [Fact]
    public void A_backslash_at_the_end_is_no_escape()
    {
        var buffer = new byte[10];

        Assert.Equal(@"a\", Encoding.UTF8.GetString(buffer.AsSpan(0, JsonText.Unescape(@"a\"u8, buffer))));
    }

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

    private static int SkipScalar(byte[] text, int position)
    {
        var end = position;
        while (end < text.Length && !",}] \t\r\n"u8.Contains(text[end]))
            end++;
        var word = Encoding.Latin1.GetString(text[position..end]);
        return word is ['-' or (>= '0' and <= '9'), ..] or "true" or "false" or "null" or "NaN" or "Infinity" ? end : -1;
    }

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
