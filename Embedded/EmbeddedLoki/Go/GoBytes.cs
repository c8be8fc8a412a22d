using System.Buffers;
using System.Globalization;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>Sizes as two of Loki's libraries have them: c2h5oh/datasize in messages, dustin/go-humanize in queries and lines.</summary>
internal static class GoBytes
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.,");
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>datasize: a whole number of the largest unit that divides it, <c>3MB</c>.</summary>
    public static string Format(long bytes)
    {
        var unit = 0;
        while (bytes != 0 && bytes % 1024 == 0 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}{Units[unit]}");
    }

    /// <summary>humanize.Bytes without its blank: <c>5.1kB</c>, <c>10kB</c>.</summary>
    public static string Humanize(ulong bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
        if (bytes < 10)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
        var exponent = (int)Math.Floor(Math.Log(bytes) / Math.Log(1000));
        var value = Math.Floor((bytes / Math.Pow(1000, exponent) * 10) + 0.5) / 10;
        return value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture) + units[exponent];
    }

    /// <summary>humanize.ParseBytes: <c>5KiB</c>, <c>1.5 MB</c>, <c>1,000</c>; KB is 1000, KiB is 1024, case does not matter.</summary>
    /// <returns>Null when the text was read, Go's words for what is wrong with it when not.</returns>
    public static string? Parse(ReadOnlySpan<char> text, out ulong bytes)
    {
        bytes = 0;
        var end = text.IndexOfAnyExcept(Digits);
        var digits = (end < 0 ? text : text[..end]).ToString();
        if (GoFloat.Parse(digits.Replace(",", "", StringComparison.Ordinal), out var number) is { } error)
            return error;
        var unit = (end < 0 ? "" : text[end..].Trim().ToString()).ToLowerInvariant();
        if (UnitOf(unit) is not { } size)
            return $"unhandled size name: {unit}";
        number *= size;
        if (number >= ulong.MaxValue)
            return $"too large: {text}";
        bytes = (ulong)number;
        return null;
    }

    private static double? UnitOf(string unit)
    {
        if (unit is "" or "b")
            return 1;
        var power = "kmgtpe".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        return power == 0 ? null : unit[1..] switch { "" or "b" => Math.Pow(1000, power), "i" or "ib" => Math.Pow(1024, power), _ => null };
    }
}
