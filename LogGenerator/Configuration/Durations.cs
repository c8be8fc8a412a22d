using System.Globalization;

namespace Observability.LogGenerator.Configuration;

/// <summary>Durations as people write them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>7d</c>, or as .NET has them, <c>00:00:30</c>.</summary>
internal static class Durations
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        foreach (var (unit, length) in Units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
                && count < TimeSpan.MaxValue / length)
            {
                duration = count * length;
                return true;
            }
        }

        duration = default;
        return text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
    }

    /// <summary>The shortest form with one unit.</summary>
    public static string Format(TimeSpan duration)
    {
        var (unit, length) = Units.LastOrDefault(candidate => duration.Ticks % candidate.Length.Ticks == 0 && duration >= candidate.Length, Units[0]);
        return string.Create(CultureInfo.InvariantCulture, $"{duration / length:0.###}{unit}");
    }
}
