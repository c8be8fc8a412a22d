using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace Observability.Forwarder.Wire;

/// <summary>Judges UTF-8, and cuts it between characters.</summary>
internal static class Utf8Text
{
    // Of more than that the library's wider vectors make short work.
    private const int Short = 1024;

    /// <summary>Whether it is UTF-8. Most texts are short and have nothing but ASCII, which is seen at a glance.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text) => IsShortAscii(text) || Utf8.IsValid(text);

    /// <summary>The longest beginning of <paramref name="text"/> of at most <paramref name="maxBytes"/> bytes that ends between two
    /// characters.</summary>
    public static ReadOnlySpan<byte> Truncate(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length <= maxBytes)
            return text;

        // A continuation byte is 10xxxxxx.
        while (maxBytes > 0 && (text[maxBytes] & 0xC0) == 0x80)
            maxBytes--;
        return text[..maxBytes];
    }

    private static bool IsShortAscii(ReadOnlySpan<byte> text)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var last = text.Length - Vector128<byte>.Count;
        if (last < 0)
        {
            // The two halves overlap.
            if (text.Length >= sizeof(ulong))
                return ((Read<ulong>(ref start, 0) | Read<ulong>(ref start, text.Length - sizeof(ulong))) & 0x8080808080808080) == 0;
            if (text.Length >= sizeof(uint))
                return ((Read<uint>(ref start, 0) | Read<uint>(ref start, text.Length - sizeof(uint))) & 0x80808080) == 0;
            return text.IsEmpty || (text[0] | text[text.Length / 2] | text[^1]) < 0x80;
        }

        if (text.Length > Short)
            return false;
        var all = Vector128.LoadUnsafe(ref start, (nuint)last);
        for (var position = 0; position < last; position += Vector128<byte>.Count)
            all |= Vector128.LoadUnsafe(ref start, (nuint)position);
        return all.ExtractMostSignificantBits() == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Read<T>(ref byte start, int position) => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref start, position));
}
