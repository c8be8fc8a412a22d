using System.Buffers;

namespace Observability.Forwarder.Decoding;

/// <summary>Picks the wanted fields out of a <c>key=value key2="quoted value"</c> line, as go-logfmt reads it.</summary>
internal static class LogfmtDecoder
{
    /// <summary>What a key is made of.</summary>
    internal static readonly SearchValues<byte> KeyBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/@"u8);

    /// <summary>Whether the first word is <c>key=value</c>: enough, since a line of prose that looks so is stored just the same.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> value)
    {
        var equals = value.IndexOfAny((byte)'=', (byte)' ');
        return equals > 0 && value[equals] == '=' && value[..equals].IndexOfAnyExcept(KeyBytes) < 0;
    }

    /// <summary>Reads the fields of <paramref name="value"/> into <paramref name="sink"/>; words without <c>=</c> are passed
    /// over.</summary>
    /// <returns>Whether at least one pair was found and every quote was closed. If not, some fields may have been set.</returns>
    public static bool TryReadFields<TSink>(ReadOnlySpan<byte> value, FieldSource source, TSink sink)
        where TSink : ILineSink
    {
        var found = false;
        while (true)
        {
            value = value.TrimStart(" \t\r\n"u8);
            if (value.IsEmpty)
                return found;

            var end = value.IndexOfAny("= \t\r\n"u8);
            if (end <= 0 || value[end] != '=')
            {
                // Not a key. Go on behind the word (or behind a lone '=').
                value = end < 0 ? [] : value[Math.Max(end, 1)..];
                continue;
            }

            var key = value[..end];
            value = value[(end + 1)..];
            if (!TryTakeValue(ref value, out var text))
                return false;

            found = true;
            var field = sink.FindField(key);
            if (field >= 0)
                sink.SetField(field, source, text);
        }
    }

    private static bool TryTakeValue(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        if (rest.IsEmpty || rest[0] != '"')
        {
            var end = rest.IndexOfAny(" \t\r\n"u8);
            value = end < 0 ? rest : rest[..end];
            rest = rest[value.Length..];
            return true;
        }

        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '\\')
            {
                i++;
            }
            else if (rest[i] == '"')
            {
                // Escapes stay as they are: a label value with a quote in it is not worth a copy.
                value = rest[1..i];
                rest = rest[(i + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}
