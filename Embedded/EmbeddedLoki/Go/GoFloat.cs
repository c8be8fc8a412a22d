using System.Globalization;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>Numbers as Go's <c>strconv.ParseFloat</c> reads them: infinities, NaN and hexadecimal ones too, but no blanks.</summary>
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
