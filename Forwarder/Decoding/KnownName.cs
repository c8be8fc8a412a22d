using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Observability.Forwarder.Decoding;

/// <summary>A field's name as it stands in JSON, with its quotes and the colon, which is recognised at a glance.</summary>
internal struct KnownName
{
    /// <summary>Bytes of the longest one, quotes and colon included.</summary>
    public const int MaxLength = 2 * Size;

    private const int Size = 16;

    private readonly Vector128<byte> _first;
    private readonly Vector128<byte> _last;
    private readonly Vector128<byte> _mask;
    private readonly int _reach;

    /// <summary>Makes it of its text, or one that stands nowhere.</summary>
    /// <param name="text">The name, from its opening quote to the colon; no longer than <see cref="MaxLength"/>, or
    /// empty.</param>
    /// <param name="field">The field's handle, or -1.</param>
    public KnownName(ReadOnlySpan<byte> text, int field)
    {
        Span<byte> padded = stackalloc byte[MaxLength];
        padded.Clear();
        text.CopyTo(padded);
        (Length, Field) = (text.Length, field);
        _reach = text.IsEmpty ? int.MaxValue : Math.Max(text.Length, Size);
        if (text.IsEmpty)
            return;

        // Of a long one both ends are looked at, which then overlap; of a short one, which has one end only, so much as belongs to it.
        _first = Vector128.Create(padded);
        _last = Vector128.Create(padded[(_reach - Size)..]);
        _mask = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)Math.Min(text.Length, Size)));
    }

    /// <summary>Bytes of the text, quotes and colon included; 0 for none.</summary>
    public int Length { get; }

    /// <summary>The field's handle, or -1.</summary>
    public int Field { get; }

    /// <summary>The one that mostly follows, as a place in <see cref="KnownNames"/>.</summary>
    public int Next { get; set; }

    /// <summary>Whether it is this text.</summary>
    public readonly bool Is(ReadOnlySpan<byte> text)
    {
        if (text.Length != Length)
            return false;
        Span<byte> padded = stackalloc byte[MaxLength];
        padded.Clear();
        text.CopyTo(padded);
        return StandsAt(padded, 0);
    }

    /// <summary>Whether it stands at a position of a text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool StandsAt(ReadOnlySpan<byte> text, int position)
    {
        if (_reach > text.Length - position)
            return false;
        ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(text), position);
        var first = Vector128.LoadUnsafe(ref start) ^ _first;
        var last = Vector128.LoadUnsafe(ref start, (nuint)(_reach - Size)) ^ _last;
        return ((first | last) & _mask) == Vector128<byte>.Zero;
    }
}
