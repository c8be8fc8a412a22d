using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// Steps through JSON text (RFC 8259) that may have faults within its values: raw control characters, NaN, halves of surrogate pairs, all
/// of which loggers write. Nothing recurses, so that depth costs nothing.
/// </summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> ScalarEnds = SearchValues.Create(",}] \t\r\n"u8);

    /// <summary>The byte order mark of UTF-8, which a reader may ignore (RFC 8259, section 8.1).</summary>
    public static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The position of the first byte that is no white space, or the text's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpace(ReadOnlySpan<byte> text, int position) =>
        (uint)position < (uint)text.Length && text[position] > ' ' ? position : SkipSpaceAt(text, position);

    /// <summary>The text without the white space around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) =>
        text is [> (byte)' ', .., > (byte)' '] ? text : text.Trim(" \t\r\n"u8);

    /// <summary>Finds the end of a string.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where its opening quote stands.</param>
    /// <param name="isEscaped">Whether it has escapes, and <see cref="Unescape"/> is needed.</param>
    /// <returns>The position of its closing quote, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindStringEnd(ReadOnlySpan<byte> text, int position, out bool isEscaped)
    {
        // Most names and values are shorter than a vector, and have no escapes.
        isEscaped = false;
        if (position < text.Length - (2 * Vector128<byte>.Count))
        {
            ref var start = ref MemoryMarshal.GetReference(text);
            var found = Ends(ref start, position + 1) | (Ends(ref start, position + 1 + Vector128<byte>.Count) << Vector128<byte>.Count);
            var end = position + 1 + BitOperations.TrailingZeroCount(found);
            if (found != 0 && text[end] == '"')
                return end;
        }

        return FindStringEndAt(text, position, out isEscaped);
    }

    /// <summary>Finds the end of a value that is a string without escapes or a number, and not long.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the value begins.</param>
    /// <returns>The position behind it, which is one of the text; -1 where it cannot be told so quickly, or there is no such
    /// value.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindEndAtAGlance(ReadOnlySpan<byte> text, int position)
    {
        // Behind the quote, two vectors and one more byte.
        if (position >= text.Length - 1 - (2 * Vector128<byte>.Count))
            return FindEndNearEnd(text, position);
        ref var start = ref MemoryMarshal.GetReference(text);
        if (text[position] != '"')
        {
            var ends = IsNumber(text[position]) ? ScalarEndsAt(ref start, position) : 0;
            return ends == 0 ? -1 : position + BitOperations.TrailingZeroCount(ends);
        }

        position++;
        var found = Ends(ref start, position) | (Ends(ref start, position + Vector128<byte>.Count) << Vector128<byte>.Count);
        if (found == 0)
        {
            // An identifier of a trace has 32 digits.
            position += 2 * Vector128<byte>.Count;
            if (position >= text.Length - Vector128<byte>.Count || (found = Ends(ref start, position)) == 0)
                return -1;
        }

        position += BitOperations.TrailingZeroCount(found);
        return text[position] == '"' ? position + 1 : -1;
    }

    /// <summary>Finds the end of an object or array.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where its opening bracket stands.</param>
    /// <returns>The position behind its closing bracket, or -1.</returns>
    public static int SkipNested(ReadOnlySpan<byte> text, int position)
    {
        var depth = 0;
        while (position < text.Length)
        {
            var next = text[position..].IndexOfAny(Structure);
            if (next < 0)
                return -1;
            position += next;
            switch (text[position])
            {
                case (byte)'"':
                    position = FindStringEnd(text, position, out _);
                    if (position < 0)
                        return -1;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                default:
                    if (--depth == 0)
                        return position + 1;
                    break;
            }

            position++;
        }

        return -1;
    }

    /// <summary>Finds the end of a number or a word such as <c>true</c>, and whether it is one that is written in JSON or as
    /// JSON.</summary>
    /// <returns>The position behind it, or -1.</returns>
    public static int SkipScalar(ReadOnlySpan<byte> text, int position)
    {
        if (position <= text.Length - Vector128<byte>.Count && IsNumber(text[position]))
        {
            // Nearly all numbers are shorter than a vector.
            var ends = ScalarEndsAt(ref MemoryMarshal.GetReference(text), position);
            if (ends != 0)
                return position + BitOperations.TrailingZeroCount(ends);
        }

        var length = text[position..].IndexOfAny(ScalarEnds);
        if (length < 0)
            length = text.Length - position;
        if (length == 0)
            return -1;
        var word = text.Slice(position, length);
        var isValue = IsNumber(word[0])
            || word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) || word.SequenceEqual("null"u8)
            || word.SequenceEqual("NaN"u8) || word.SequenceEqual("Infinity"u8);
        return isValue ? position + length : -1;
    }

    /// <summary>Finds a text among the fields of an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Its text, escapes and all.</param>
    public static bool TryFindText(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        for (var position = SkipSpace(json, 1); position < json.Length && json[position] == '"'; position = SkipSpace(json, position + 1))
        {
            var end = FindStringEnd(json, position, out _);
            if (end < 0)
                return false;
            var isWanted = json[(position + 1)..end].SequenceEqual(name);
            position = SkipSpace(json, end + 1);
            if (position == json.Length || json[position] != ':')
                return false;
            position = SkipSpace(json, position + 1);
            if (position == json.Length)
                return false;
            var start = position;
            position = json[start] switch
            {
                (byte)'{' or (byte)'[' => SkipNested(json, start),
                (byte)'"' => FindStringEnd(json, start, out _) is >= 0 and var quote ? quote + 1 : -1,
                _ => SkipScalar(json, start),
            };
            if (position < 0)
                return false;
            if (isWanted && json[start] == '"')
            {
                value = json[(start + 1)..(position - 1)];
                return true;
            }

            position = SkipSpace(json, position);
            if (position == json.Length || json[position] != ',')
                return false;
        }

        return false;
    }

    /// <summary>Resolves the escapes of a string. What is no escape stays, and half a surrogate pair becomes U+FFFD.</summary>
    /// <param name="text">The string without its quotes.</param>
    /// <param name="buffer">At least as long as <paramref name="text"/>.</param>
    /// <returns>How much of <paramref name="buffer"/> was written.</returns>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        var written = 0;
        while (true)
        {
            var next = text.IndexOf((byte)'\\');
            if (next < 0 || next == text.Length - 1)
            {
                text.CopyTo(buffer[written..]);
                return written + text.Length;
            }

            text[..next].CopyTo(buffer[written..]);
            written += next;
            text = text[next..];
            var used = 2;
            switch (text[1])
            {
                case (byte)'n': buffer[written++] = (byte)'\n'; break;
                case (byte)'t': buffer[written++] = (byte)'\t'; break;
                case (byte)'r': buffer[written++] = (byte)'\r'; break;
                case (byte)'b': buffer[written++] = (byte)'\b'; break;
                case (byte)'f': buffer[written++] = (byte)'\f'; break;
                case (byte)'u' when TryHex(text, 2, out var unit):
                    used = 6;
                    var rune = new Rune('\uFFFD');
                    if (Rune.TryCreate(unit, out var single))
                    {
                        rune = single;
                    }
                    else if (char.IsHighSurrogate(unit) && text.Length >= 12 && text[6] == '\\' && text[7] == 'u'
                        && TryHex(text, 8, out var low) && Rune.TryCreate(unit, low, out var pair))
                    {
                        rune = pair;
                        used = 12;
                    }

                    written += rune.EncodeToUtf8(buffer[written..]);
                    break;
                default: buffer[written++] = text[1]; break;
            }

            text = text[used..];
        }
    }

    private static bool IsNumber(byte first) => first is (byte)'-' or (>= (byte)'0' and <= (byte)'9');

    private static int SkipSpaceAt(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            position++;
        return position;
    }

    // Vectors of 128 bits, of which every processor has some: code for longer ones is not compiled before the program starts.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ends(ref byte text, int position)
    {
        var block = Vector128.LoadUnsafe(ref text, (nuint)position);
        return (Vector128.Equals(block, Vector128.Create((byte)'"')) | Vector128.Equals(block, Vector128.Create((byte)'\\')))
            .ExtractMostSignificantBits();
    }

    // ScalarEnds; the two brackets differ in one bit.
    private static uint ScalarEndsAt(ref byte text, int position)
    {
        var block = Vector128.LoadUnsafe(ref text, (nuint)position);
        return (Vector128.Equals(block, Vector128.Create((byte)',')) | Vector128.Equals(block, Vector128.Create((byte)' '))
            | Vector128.Equals(block | Vector128.Create((byte)0x20), Vector128.Create((byte)'}'))
            | Vector128.Equals(block, Vector128.Create((byte)'\t')) | Vector128.Equals(block, Vector128.Create((byte)'\r'))
            | Vector128.Equals(block, Vector128.Create((byte)'\n'))).ExtractMostSignificantBits();
    }

    private static int FindEndNearEnd(ReadOnlySpan<byte> text, int position)
    {
        if (position >= text.Length || text[position] != '"')
            return -1;
        var end = FindStringEndAt(text, position, out var isEscaped) + 1;
        return isEscaped || end == 0 || end == text.Length ? -1 : end;
    }

    private static int FindStringEndAt(ReadOnlySpan<byte> text, int position, out bool isEscaped)
    {
        isEscaped = false;
        ref var start = ref MemoryMarshal.GetReference(text);
        var last = text.Length - Vector128<byte>.Count;
        position++;
        while (position < text.Length)
        {
            // Of the last sixteen bytes those are left out that were looked at.
            uint found;
            if (last >= 0)
                found = position <= last ? Ends(ref start, position) : Ends(ref start, last) >> (position - last);
            else
                found = text[position] is (byte)'"' or (byte)'\\' ? 1u : 0;
            if (found == 0)
            {
                position += last >= 0 ? Vector128<byte>.Count : 1;
                continue;
            }

            position += BitOperations.TrailingZeroCount(found);
            if (text[position] == '"')
                return position;
            isEscaped = true;
            position += 2;
        }

        return -1;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, int start, out char unit)
    {
        unit = default;
        if (text.Length < start + 4)
            return false;
        var value = 0;
        foreach (var digit in text.Slice(start, 4))
        {
            var nibble = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
                _ => -1,
            };
            if (nibble < 0)
                return false;
            value = (value << 4) | nibble;
        }

        unit = (char)value;
        return true;
    }
}
