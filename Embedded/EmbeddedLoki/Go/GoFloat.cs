using System.Globalization;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>
/// Numbers as Go's <c>strconv</c> reads and writes them: infinities, NaN and hexadecimal ones too, but no blanks.
/// </summary>
internal static class GoFloat
{
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <returns>Null when the text was read, Go's words for what is wrong with it when not.</returns>
    public static string? Parse(ReadOnlySpan<char> text, out double value)
    {
        if (!TryParse(text, out value))
            return $"strconv.ParseFloat: parsing {GoQuote.Quote(text.ToString())}: invalid syntax";
        return double.IsInfinity(value) && char.IsAsciiDigit(text.TrimStart("+-")[0])
            ? $"strconv.ParseFloat: parsing {GoQuote.Quote(text.ToString())}: value out of range"
            : null;
    }

    /// <summary>As <c>%v</c> prints a float64: the shortest that reads back, with an exponent below 1e-4 and from 1e21 on.</summary>
    public static string FormatGeneral(double value)
    {
        var text = FormatPlain(value);
        var size = Math.Abs(value);
        if (value == 0 || !double.IsFinite(value) || size is >= 1e-4 and < 1e21)
            return text;
        var exponential = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits < 17; digits++)
        {
            var shorter = value.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) != value)
                continue;
            exponential = shorter;
            break;
        }

        var e = exponential.IndexOf('E');
        var exponent = int.Parse(exponential.AsSpan(e + 1), CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{exponential[..e]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):D2}");
    }

    /// <summary>
    /// A number as Go's <c>strconv.FormatFloat(v, 'f', -1, 64)</c>: the shortest that reads back, never with an exponent.
    /// </summary>
    public static string FormatPlain(double value)
    {
        if (double.IsNaN(value))
            return "NaN";
        if (double.IsInfinity(value))
            return value > 0 ? "+Inf" : "-Inf";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0)
            return text;
        var exponent = int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture);
        var negative = text[0] == '-';
        var mantissa = text[(negative ? 1 : 0)..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var position = (point < 0 ? digits.Length : point) + exponent;
        var plain = position <= 0 ? "0." + new string('0', -position) + digits
            : position >= digits.Length ? digits.PadRight(position, '0')
            : digits[..position] + "." + digits[position..];
        return negative ? "-" + plain : plain;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        if (text.IsEmpty)
            return false;
        var negative = text[0] == '-';
        var rest = text[0] is '-' or '+' ? text[1..] : text;
        if (rest.Equals("inf", StringComparison.OrdinalIgnoreCase) || rest.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (rest.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = double.NaN;
            return rest.Length == text.Length;
        }

        if (rest.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return TryParseHexadecimal(rest[2..], negative, out value);
        // A letter may only be the exponent's: .NET has names of its own for what is no number.
        return !rest.IsEmpty && (char.IsAsciiDigit(rest[0]) || rest[0] == '.')
            && double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out value);
    }

    /// <summary><c>1.8p3</c>, the part behind <c>0x</c>; the exponent is not to be left out.</summary>
    private static bool TryParseHexadecimal(ReadOnlySpan<char> text, bool negative, out double value)
    {
        value = 0;
        var p = text.IndexOfAny('p', 'P');
        if (p <= 0 || !int.TryParse(text[(p + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
            return false;
        var mantissa = text[..p];
        var dot = mantissa.IndexOf('.');
        var digits = 0;
        for (var i = 0; i < mantissa.Length; i++)
        {
            if (i == dot)
                continue;
            if (!char.IsAsciiHexDigit(mantissa[i]))
                return false;
            value = (value * 16) + Convert.ToInt32(mantissa[i].ToString(), 16);
            digits++;
        }

        if (digits == 0)
            return false;
        value = Math.ScaleB(value, exponent - (dot < 0 ? 0 : 4 * (mantissa.Length - dot - 1)));
        value = negative ? -value : value;
        return true;
    }
}
