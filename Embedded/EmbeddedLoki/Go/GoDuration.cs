using System.Buffers;
using System.Globalization;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>Go's durations, in nanoseconds: <c>time.ParseDuration</c> and its words for what is none, and <c>Duration.String</c>.</summary>
internal static class GoDuration
{
    private const long Second = 1_000_000_000;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly string[] Units = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];

    /// <summary>As Go's Duration.Seconds: whole seconds and the rest are added up, which decides the last digit.</summary>
    public static double Seconds(long nanoseconds) => (nanoseconds / Second) + ((nanoseconds % Second) / (double)Second);

    /// <summary>Why a text that could not be read is no duration.</summary>
    public static string Error(string text)
    {
        var quoted = GoQuote.Quote(text);
        var rest = text.AsSpan().TrimStart("+-");
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits == 0 || rest[..(digits < 0 ? rest.Length : digits)].Trim('.').IsEmpty)
                break;
            if (digits < 0)
                return $"time: missing unit in duration {quoted}";
            rest = rest[digits..];
            var letters = rest.IndexOfAny(Digits);
            var unit = (letters < 0 ? rest : rest[..letters]).ToString();
            if (!Units.Contains(unit))
                return $"time: unknown unit {GoQuote.Quote(unit)} in duration {quoted}";
            rest = rest[unit.Length..];
        }

        return $"time: invalid duration {quoted}";
    }

    /// <summary><c>1h0m0s</c>, <c>1.5s</c>, <c>30ms</c>.</summary>
    public static string Format(long nanoseconds)
    {
        if (nanoseconds == 0)
            return "0s";
        var sign = nanoseconds < 0 ? "-" : "";
        var rest = Math.Abs((decimal)nanoseconds);
        if (rest < 1_000)
            return sign + Number(rest) + "ns";
        if (rest < 1_000_000)
            return sign + Number(rest / 1_000) + "µs";
        if (rest < Second)
            return sign + Number(rest / 1_000_000) + "ms";
        var hours = Math.Floor(rest / (3600 * Second));
        var minutes = Math.Floor(rest % (3600 * Second) / (60 * Second));
        var seconds = Number(rest % (60 * Second) / Second) + "s";
        return sign + (hours > 0 ? $"{Number(hours)}h{Number(minutes)}m{seconds}" : minutes > 0 ? $"{Number(minutes)}m{seconds}" : seconds);
    }

    private static string Number(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);
}
