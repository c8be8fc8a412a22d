using System.Globalization;

namespace Observability.ServiceDefaults.Settings;

/// <summary>Sizes of settings as people write them: <c>64MiB</c>, <c>512KB</c>, <c>1GiB</c>, or a plain number of bytes.</summary>
public static class ByteSizes
{
    /// <summary>Examples of what is accepted, for messages.</summary>
    public const string Examples = "512KiB, 64MiB or 1000000";

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1),
    ];

    /// <summary>Reads a size.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="bytes">The size in bytes.</param>
    /// <returns>Whether <paramref name="text"/> is a size.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var (unit, factor) = Units.FirstOrDefault(candidate => text.EndsWith(candidate.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        var number = text.AsSpan(0, text.Length - unit.Length).TrimEnd();
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || count > long.MaxValue / factor)
            return false;
        bytes = (long)(count * factor);
        return true;
    }

    /// <summary>The shortest exact form, such as <c>64MiB</c>.</summary>
    /// <param name="bytes">The size in bytes.</param>
    public static string Format(long bytes)
    {
        var (unit, factor) = Units.FirstOrDefault(candidate => bytes >= candidate.Bytes && bytes % candidate.Bytes == 0, ("", 1));
        return unit is "B" or ""
            ? bytes.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / factor}{unit}");
    }
}
