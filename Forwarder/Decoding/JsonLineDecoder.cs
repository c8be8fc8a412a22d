using System.Runtime.CompilerServices;

namespace Observability.Forwarder.Decoding;

/// <summary>Picks the wanted fields out of a JSON object, nested ones too.</summary>
internal sealed class JsonLineDecoder
{
    private const int MaxPath = 256;

    private readonly KnownNames _names = new();
    private byte[] _unescaped = new byte[1024];

    /// <summary>Reads the fields of the object that <paramref name="text"/> begins with, white space and a byte order mark before it
    /// aside.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="source">What the fields are given as.</param>
    /// <param name="sink">Receives the fields.</param>
    /// <param name="length">The position behind the object and white space; of an object that is cut off or broken, where reading
    /// ended.</param>
    /// <returns>Whether it is a whole object. If not, what was read before the fault is set.</returns>
    public bool TryReadFields<TSink>(ReadOnlySpan<byte> text, FieldSource source, TSink sink, out int length)
        where TSink : ILineSink
    {
        length = JsonText.SkipSpace(text, text.StartsWith(JsonText.ByteOrderMark) ? JsonText.ByteOrderMark.Length : 0);
        if (length == text.Length || text[length] != '{')
            return false;

        _names.Serve(sink.Fields);
        Span<byte> path = stackalloc byte[MaxPath];
        if (!TryReadObject(text, ref length, source, sink, path, 0))
            return false;
        length = JsonText.SkipSpace(text, length);
        return true;
    }

    // Recursion ends by itself: only objects in which a field is wanted are entered.
    private bool TryReadObject<TSink>(ReadOnlySpan<byte> text, ref int position, FieldSource source, TSink sink,
        Span<byte> path, int prefix)
        where TSink : ILineSink
    {
        position = JsonText.SkipSpace(text, position + 1);
        if (position < text.Length && text[position] == '}')
        {
            position++;
            return true;
        }

        // Nested names are not expected anywhere: the same ones stand in many objects.
        var previous = 0;
        while (position < text.Length && text[position] == '"')
        {
            if (prefix == 0)
            {
                position = ReadExpected(text, position, ref previous, source, sink);
                if (text[position] == '}')
                {
                    position++;
                    return true;
                }
            }

            var start = position;
            var end = JsonText.FindStringEnd(text, position, out var isEscaped);
            if (end < 0)
                return false;
            var name = text[(position + 1)..end];
            if (isEscaped)
                name = Unescape(name);
            position = JsonText.SkipSpace(text, end + 1);
            if (position == text.Length || text[position] != ':')
                return false;
            if (prefix == 0)
                previous = isEscaped || position > end + 1 ? 0 : _names.Learn(previous, text[start..(position + 1)], sink);
            position = JsonText.SkipSpace(text, position + 1);
            if (position == text.Length || !TryReadValue(text, ref position, name, source, sink, path, prefix))
                return false;

            position = JsonText.SkipSpace(text, position);
            if (position == text.Length)
                return false;
            if (text[position] == '}')
            {
                position++;
                return true;
            }

            if (text[position] != ',')
                return false;
            position = JsonText.SkipSpace(text, position + 1);
        }

        return false;
    }

    // What nearly all fields are: a name where it is expected, a short string without escapes or a number, then another field or the
    // object's end. All else is left to the loop above, from the name on.
    private int ReadExpected<TSink>(ReadOnlySpan<byte> text, int position, ref int previous, FieldSource source, TSink sink)
        where TSink : ILineSink
    {
        var last = previous;
        while (true)
        {
            ref readonly var expected = ref _names.After(last, out var place);
            if (!expected.StandsAt(text, position))
                break;
            var value = JsonText.SkipSpace(text, position + expected.Length);
            var end = JsonText.FindEndAtAGlance(text, value);
            if (end < 0 || (text[end] is not ((byte)',' or (byte)'}')))
                break;
            var next = text[end] == '}' ? end : JsonText.SkipSpace(text, end + 1);
            if (next == text.Length || (text[next] != '"' && next > end))
                break;
            if (expected.Field >= 0)
                sink.SetField(expected.Field, source, text[value] == '"' ? text[(value + 1)..(end - 1)] : text[value..end]);
            if (next == end)
                return end;
            (last, position) = (place, next);
        }

        previous = last;
        return position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadValue<TSink>(ReadOnlySpan<byte> text, ref int position, ReadOnlySpan<byte> name, FieldSource source, TSink sink,
        Span<byte> path, int prefix)
        where TSink : ILineSink
    {
        if (prefix > 0)
        {
            // A path too long for any setting is nobody's.
            if (prefix + name.Length > path.Length)
            {
                name = default;
            }
            else
            {
                name.CopyTo(path[prefix..]);
                name = path[..(prefix + name.Length)];
            }
        }

        var start = position;
        switch (text[position])
        {
            case (byte)'"':
                var end = JsonText.FindStringEnd(text, position, out var isEscaped);
                if (end < 0)
                    return false;
                position = end + 1;
                var field = sink.FindField(name);
                if (field >= 0)
                {
                    var value = text[(start + 1)..end];
                    sink.SetField(field, source, isEscaped ? Unescape(value) : value);
                }

                return true;
            case (byte)'{' when name.Length < path.Length && sink.IsParent(name):
                if (prefix == 0)
                    name.CopyTo(path);
                path[name.Length] = (byte)'.';
                return TryReadObject(text, ref position, source, sink, path, name.Length + 1);
            case (byte)'{' or (byte)'[':
                position = JsonText.SkipNested(text, position);
                return position >= 0;
            default:
                position = JsonText.SkipScalar(text, position);
                if (position < 0)
                    return false;
                field = sink.FindField(name);
                if (field >= 0 && text[start] != 'n')
                    sink.SetField(field, source, text[start..position]);
                return true;
        }
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> value)
    {
        if (_unescaped.Length < value.Length)
            _unescaped = new byte[value.Length * 2];
        return _unescaped.AsSpan(0, JsonText.Unescape(value, _unescaped));
    }
}
