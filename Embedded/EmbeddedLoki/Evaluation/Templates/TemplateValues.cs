using System.Globalization;
using System.Text;
using System.Text.Json;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>
/// The values of a template: <see cref="string"/>, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="GoInstant"/>,
/// lists and
/// maps of <c>fromJson</c>, and null. How Go prints them, and how sprig's functions turn one into another.
/// </summary>
internal static class TemplateValues
{
    /// <summary>As <c>fmt.Print</c> has it.</summary>
    public static string Text(object? value) => value switch
    {
        null => "<no value>",
        string text => text,
        bool b => b ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => GoFloat.FormatGeneral(number),
        GoInstant instant => GoTime.ToText(instant.Nanoseconds),
        List<object?> list => "[" + string.Join(' ', list.Select(Text)) + "]",
        SortedDictionary<string, object?> map => "map[" + string.Join(' ', map.Select(p => $"{p.Key}:{Text(p.Value)}")) + "]",
        _ => value.ToString()!,
    };

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        string text => text.Length > 0,
        bool b => b,
        long number => number != 0,
        double number => number != 0,
        List<object?> list => list.Count > 0,
        SortedDictionary<string, object?> map => map.Count > 0,
        _ => true,
    };

    /// <summary>A string as an argument: anything else is an error, as for Go's functions of strings.</summary>
    public static string String(object? value) => value as string
        ?? (value is null ? "" : throw new TemplateException($"wrong type for value; expected string; got {TypeOf(value)}"));

    /// <summary>A whole number where Go's function takes an int.</summary>
    public static int Int(object? value) => value is long number && number is >= int.MinValue and <= int.MaxValue
        ? (int)number
        : throw new TemplateException($"wrong type for value; expected int; got {TypeOf(value)}");

    /// <summary>As sprig's toInt64: what is no number is 0.</summary>
    public static long ToLong(object? value) => value switch
    {
        long number => number,
        double number => double.IsFinite(number) ? (long)number : 0,
        bool b => b ? 1 : 0,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        string text when text.Contains('.') && GoFloat.Parse(text, out var number) is null && Math.Abs(number) < 9e18 => (long)number,
        _ => 0,
    };

    /// <summary>As sprig's toFloat64: what is no number is 0.</summary>
    public static double ToDouble(object? value) => value switch
    {
        double number => number,
        long number => number,
        bool b => b ? 1 : 0,
        string text when GoFloat.Parse(text, out var number) is null => number,
        _ => 0,
    };

    /// <summary>Go's name of the type.</summary>
    public static string TypeOf(object? value) => value switch
    {
        null => "nil",
        string => "string",
        bool => "bool",
        long => "int",
        double => "float64",
        GoInstant => "time.Time",
        List<object?> => "[]interface {}",
        _ => "map[string]interface {}",
    };

    /// <summary>A JSON text as lists, maps and plain values; null when it is none.</summary>
    public static object? FromJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The verbs of <c>printf</c> that logs have a use for.</summary>
    public static string Format(string format, ReadOnlySpan<object?> arguments)
    {
        var text = new StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            var start = ++i;
            while (i < format.Length && format[i] is '-' or '+' or '#' or '0' or ' ')
                i++;
            var flags = format[start..Math.Min(i, format.Length)];
            var width = Digits(format, ref i);
            int? precision = null;
            if (i < format.Length && format[i] == '.')
            {
                i++;
                precision = Digits(format, ref i) ?? 0;
            }

            if (i >= format.Length)
                return text.Append("%!(NOVERB)").ToString();
            if (format[i] == '%')
            {
                text.Append('%');
                continue;
            }

            if (next >= arguments.Length)
            {
                text.Append("%!").Append(format[i]).Append("(MISSING)");
                continue;
            }

            var value = Verb(format[i], arguments[next++], precision, flags);
            if (width is > TemplateState.MaxLength)
                throw TemplateState.TooLarge();
            text.Append(flags.Contains('-') ? value.PadRight(width ?? 0)
                : flags.Contains('0') && arguments[next - 1] is long or double && value.Length < width ? (value[0] == '-' ? "-" : "")
                    + value.TrimStart('-').PadLeft(width.Value - (value[0] == '-' ? 1 : 0), '0')
                : value.PadLeft(width ?? 0));
        }

        if (next < arguments.Length)
        {
            text.Append("%!(EXTRA ");
            for (var i = next; i < arguments.Length; i++)
                text.Append(i > next ? ", " : "").Append(TypeOf(arguments[i])).Append('=').Append(Text(arguments[i]));
            text.Append(')');
        }

        return text.ToString();
    }

    private static string Verb(char verb, object? value, int? precision, string flags)
    {
        var sign = flags.Contains('+') ? "+" : "";
        return (verb, value) switch
        {
            ('v', _) => Text(value),
            ('s', string s) => precision is { } most && most < s.Length ? s[..most] : s,
            ('s', bool or long or double) => $"%!s({TypeOf(value)}={Text(value)})",
            ('s', _) => Text(value),
            ('q', string s) => GoQuote.Quote(s),
            ('d', long number) => (number >= 0 ? sign : "") + number.ToString(CultureInfo.InvariantCulture),
            ('x', long number) => number.ToString("x", CultureInfo.InvariantCulture),
            ('X', long number) => number.ToString("X", CultureInfo.InvariantCulture),
            ('x', string s) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s)),
            ('f' or 'F', double number) =>
                (number >= 0 ? sign : "")
                + number.ToString("F" + Math.Min(precision ?? 6, 300).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            ('e', double number) =>
                number.ToString(
                string.Create(
                CultureInfo.InvariantCulture, $"0.{new string('0', Math.Min(precision ?? 6, 300))}e+00"), CultureInfo.InvariantCulture),
            ('g', double number) => GoFloat.FormatGeneral(number),
            ('t', bool) => Text(value),
            ('c', long rune) when Rune.IsValid((int)Math.Clamp(rune, 0, int.MaxValue)) => new Rune((int)rune).ToString(),
            ('T', _) => TypeOf(value),
            _ => $"%!{verb}({TypeOf(value)}={Text(value)})",
        };
    }

    private static int? Digits(string format, ref int i)
    {
        var start = i;
        while (i < format.Length && char.IsAsciiDigit(format[i]))
            i++;
        return i == start ? null
            : int.TryParse(format.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : int.MaxValue;
    }

    private static object? Of(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new SortedDictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in element.EnumerateObject())
                    map[property.Name] = Of(property.Value);
                return map;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(Of).ToList();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }
}
