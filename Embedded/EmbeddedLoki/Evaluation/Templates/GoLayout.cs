using System.Globalization;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>Times as Go lays them out, by example: <c>2006-01-02T15:04:05.000Z07:00</c>.</summary>
internal static class GoLayout
{
    // The longest part first where one is the start of another. An empty one is the fraction, which is handled on its own.
    private static readonly (string Part, string Format)[] Parts =
    [
        ("January", "MMMM"), ("Jan", "MMM"), ("Monday", "dddd"), ("Mon", "ddd"), ("MST", "'UTC'"), ("2006", "yyyy"), ("Z07:00", "K"),
            ("-07:00", "zzz"),
        ("-0700", ""), ("01", "MM"), ("02", "dd"), ("03", "hh"), ("04", "mm"), ("05", "ss"), ("06", "yy"), ("15", "HH"), ("PM", "tt"),
        ("_2", ""), ("1", "%M"), ("2", "%d"), ("3", "%h"), ("4", "%m"), ("5", "%s"),
    ];

    public static string Format(string layout, GoInstant instant)
    {
        var time = GoTime.FromNanoseconds(instant.Nanoseconds).UtcDateTime;
        var text = new StringBuilder();
        for (var i = 0; i < layout.Length;)
        {
            if (FractionLength(layout, i) is var digits and > 0)
            {
                var fraction = (((instant.Nanoseconds % 1_000_000_000) + 1_000_000_000) % 1_000_000_000).ToString(
                    "D9", CultureInfo.InvariantCulture)[..Math.Min(9, digits)];
                if (layout[i + 1] == '9')
                    fraction = fraction.TrimEnd('0');
                text.Append(fraction.Length > 0 ? layout[i] + fraction : "");
                i += digits + 1;
                continue;
            }

            var (part, format) = Parts.FirstOrDefault(p => string.CompareOrdinal(layout, i, p.Part, 0, p.Part.Length) == 0);
            if (part is null)
            {
                text.Append(layout[i++]);
                continue;
            }

            text.Append(part switch
            {
                "-0700" => "+0000",
                "-07:00" => "+00:00",
                "Z07:00" => "Z",
                "_2" => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                _ => time.ToString(format, CultureInfo.InvariantCulture),
            });
            i += part.Length;
        }

        return text.ToString();
    }

    /// <summary>The time that a text says by a layout; as with sprig's toDate, year 1 when it says none.</summary>
    public static GoInstant Parse(string layout, string text, string zone)
    {
        var format = new StringBuilder();
        var hasZone = false;
        for (var i = 0; i < layout.Length;)
        {
            if (FractionLength(layout, i) is var digits and > 0)
            {
                format.Append(layout[i] == '.' ? "'.'" : "','").Append(layout[i + 1] == '9' ? 'F' : 'f', Math.Min(7, digits));
                i += digits + 1;
                continue;
            }

            var (part, dotnet) = Parts.FirstOrDefault(p => string.CompareOrdinal(layout, i, p.Part, 0, p.Part.Length) == 0);
            if (part is null)
            {
                format.Append('\\').Append(layout[i++]);
                continue;
            }

            hasZone |= part is "Z07:00" or "-07:00" or "-0700";
            format.Append(
                part is "-0700" ? "zzz" : part is "_2" ? "d" : dotnet.Length > 1 && dotnet[0] == '%' && layout.Length > part.Length
                ? dotnet[1..] : dotnet);
            i += part.Length;
        }

        if (!DateTimeOffset.TryParseExact(
            text, format.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite,
            out var time)
            || time.Year is < 1678 or > 2261)
            return new(GoTime.ToNanoseconds(DateTimeOffset.UnixEpoch));
        if (!hasZone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var where))
            time = new(time.DateTime, where.GetUtcOffset(time.DateTime));
        return new(GoTime.ToNanoseconds(time));
    }

    /// <summary>Digits of a fraction at a place: <c>.000</c> or <c>.999</c>; 0 for none.</summary>
    private static int FractionLength(string layout, int i)
    {
        if (layout[i] is not ('.' or ',') || i + 1 >= layout.Length || layout[i + 1] is not ('0' or '9'))
            return 0;
        var end = i + 1;
        while (end < layout.Length && layout[end] == layout[i + 1])
            end++;
        return end < layout.Length && char.IsAsciiDigit(layout[end]) ? 0 : end - i - 1;
    }
}
