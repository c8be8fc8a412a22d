using System.Buffers;
using System.Globalization;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>Sizes such as <c>5KiB</c> or <c>1.5MB</c> (dustin/go-humanize, ParseBytes): KB is 1000, KiB is 1024, case does not matter.</summary>
public static class ByteSizes
{
    private static readonly Dictionary<string, ulong> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1,
        ["B"] = 1,
        ["K"] = 1000,
        ["KB"] = 1000,
        ["Ki"] = 1UL << 10,
        ["KiB"] = 1UL << 10,
        ["M"] = 1_000_000,
        ["MB"] = 1_000_000,
        ["Mi"] = 1UL << 20,
        ["MiB"] = 1UL << 20,
        ["G"] = 1_000_000_000,
        ["GB"] = 1_000_000_000,
        ["Gi"] = 1UL << 30,
        ["GiB"] = 1UL << 30,
        ["T"] = 1_000_000_000_000,
        ["TB"] = 1_000_000_000_000,
        ["Ti"] = 1UL << 40,
        ["TiB"] = 1UL << 40,
        ["P"] = 1_000_000_000_000_000,
        ["PB"] = 1_000_000_000_000_000,
        ["Pi"] = 1UL << 50,
        ["PiB"] = 1UL << 50,
    };

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Reads a size such as 256MiB or 10kb; false if the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ulong bytes)
    {
        bytes = 0;
        var digits = text.IndexOfAnyExcept(Digits);
        if (digits < 0)
            digits = text.Length;
        if (!double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || !Units.TryGetValue(text[digits..].Trim().ToString(), out var unit))
            return false;
        number *= unit;
        if (number >= ulong.MaxValue)
            return false;
        bytes = (ulong)number;
        return true;
    }
}
