using System.Runtime.CompilerServices;

namespace Observability.Forwarder.Decoding;

/// <summary>
/// The names of fields lately seen, each with the one that followed it: a logger writes the same names in the same order, line after line.
/// One that stands where it is expected need be neither searched for its end nor looked up.
/// </summary>
internal sealed class KnownNames
{
    // A power of two. Names that share a place take turns.
    private const int Places = 256;

    // The first place stands for the beginning of an object.
    private readonly KnownName[] _names = new KnownName[Places];
    private object? _fields;

    /// <summary>Forgets all when the handles are others than before.</summary>
    /// <param name="fields">What the handles are of: <see cref="ILineSink.Fields"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Serve(object fields)
    {
        if (!ReferenceEquals(_fields, fields))
            Forget(fields);
    }

    /// <summary>The name that is expected; one that stands nowhere for none.</summary>
    /// <param name="previous">The place of the name before it; 0 for none.</param>
    /// <param name="place">Its place.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly KnownName After(int previous, out int place)
    {
        place = _names[previous].Next;
        return ref _names[place];
    }

    /// <summary>Expects a name where it was found.</summary>
    /// <param name="previous">The place of the name before it; 0 for none.</param>
    /// <param name="text">The name, from its opening quote to the colon, without escapes.</param>
    /// <param name="sink">Knows the field's handle.</param>
    /// <returns>The name's place; 0 when it is too long for one.</returns>
    public int Learn<TSink>(int previous, ReadOnlySpan<byte> text, TSink sink)
        where TSink : ILineSink
    {
        if (text.Length > KnownName.MaxLength)
            return 0;
        var place = 1 + (((text.Length * 0x9E5) ^ (text[1] * 0x1F) ^ (text[text.Length / 2] * 0x101) ^ (text[^3] * 0x7)) % (Places - 1));
        ref var name = ref _names[place];
        if (!name.Is(text))
            name = new KnownName(text, sink.FindField(text[1..^2]));
        _names[previous].Next = place;
        return place;
    }

    private void Forget(object fields)
    {
        Array.Fill(_names, new KnownName(default, -1));
        _fields = fields;
    }
}
