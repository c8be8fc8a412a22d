using System.Collections;
using System.Globalization;

namespace Observability.ServiceDefaults.Settings;

/// <summary>One setting: its key, what it is for, what it accepts, and what it is when nobody sets it.</summary>
public sealed class Setting
{
    private readonly SettingAttribute _attribute;
    private readonly Type _type;
    private readonly object? _default;

    internal Setting(string key, Type type, SettingAttribute attribute, object? defaultValue)
    {
        (Key, _attribute, _default) = (key, attribute, defaultValue);
        _type = Nullable.GetUnderlyingType(type) ?? type;
    }

    /// <summary>The whole key, such as <c>Forwarder:Batch:MaxAge</c>.</summary>
    public string Key { get; }

    /// <summary>The key as help has it: that of a dictionary with what its entries are called after.</summary>
    public string HelpKey => _attribute.Entry is { } entry ? $"{Key}:{entry}" : Key;

    /// <summary>What it is for.</summary>
    public string Description => _attribute.Description;

    /// <summary>Whether its value is never shown.</summary>
    public bool IsSecret => _attribute.IsSecret;

    /// <summary>What the value is called in the help of an option.</summary>
    public string ValueName => _attribute.Value ?? (
        _type == typeof(TimeSpan) ? "TIME"
        : _type == typeof(Uri) ? "URL"
        : _attribute.IsSize ? "SIZE"
        : IsNumber ? "N"
        : "TEXT");

    /// <summary>The value in effect when nobody sets it, as it would be written; empty for none.</summary>
    public string DefaultText => _attribute.Default ?? (IsSecret ? "" : Format(_default));

    /// <summary>The bounds, such as <c>1 to 64</c>; empty for none.</summary>
    public string Bounds => (_attribute.Least, _attribute.Most) switch
    {
        (null, null) => "",
        ({ } least, null) => $"{Format(Bound(least))} or more",
        (null, { } most) => $"up to {Format(Bound(most))}",
        ({ } least, { } most) => $"{Format(Bound(least))} to {Format(Bound(most))}",
    };

    /// <summary>What a value must be, for the message about one that is not.</summary>
    public string Accepts
    {
        get
        {
            if (_type == typeof(bool))
                return "true or false";
            if (_type.IsEnum)
                return Words.Or(Enum.GetNames(_type).Select(name => name.ToLowerInvariant()));
            if (_type == typeof(Uri))
                return $"an http or https URL{(_attribute.Example is { } example ? $", such as {example}" : "")}";

            var (noun, examples) = _type == typeof(TimeSpan) ? ("a duration", $", such as {Durations.Examples}")
                : _attribute.IsSize ? ("a size", $", such as {ByteSizes.Examples}")
                : _type == typeof(double) ? ("a number", "")
                : IsNumber ? ("a whole number", "")
                : ("a text", "");
            return Bounds.Length == 0
                ? noun + examples
                : $"{noun} {(_attribute.Least is null || _attribute.Most is null ? "of " : "from ")}{Bounds}{examples}";
        }
    }

    private bool IsNumber => _type == typeof(int) || _type == typeof(long) || _type == typeof(ulong) || _type == typeof(double);

    /// <summary>Reads a value.</summary>
    /// <returns>Whether the text is a value of this setting, within its bounds.</returns>
    internal bool TryParse(string text, out object? value)
    {
        value = Parse(text);
        return value is not null && Within(value);
    }

    private object? Parse(string text)
    {
        if (_type == typeof(string))
            return text;
        if (_type == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : null;
        if (_type == typeof(TimeSpan))
            return Durations.TryParse(text, out var duration) ? duration : null;
        if (_type == typeof(Uri))
            return Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url)
                && url is { Scheme: "http" or "https" } ? url : null;
        if (_type.IsEnum)
            return Enum.GetNames(_type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known
                ? Enum.Parse(_type, known)
                : null;
        if (_attribute.IsSize)
            return ByteSizes.TryParse(text, out var bytes) && (_type == typeof(long) || bytes <= int.MaxValue)
                ? Convert.ChangeType(bytes, _type, null)
                : null;
        if (_type == typeof(double))
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? number
                : null;
        if (_type == typeof(ulong))
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var natural) ? natural : null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            && (_type == typeof(long) || whole is >= int.MinValue and <= int.MaxValue) ? Convert.ChangeType(whole, _type, null) : null;
    }

    private bool Within(object value) =>
        (_attribute.Least is not { } least || Comparer.DefaultInvariant.Compare(value, Bound(least)) >= 0)
        && (_attribute.Most is not { } most || Comparer.DefaultInvariant.Compare(value, Bound(most)) <= 0);

    private object Bound(object bound) =>
        bound is string text ? Parse(text)! : Convert.ChangeType(bound, _type, CultureInfo.InvariantCulture);

    private string Format(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        TimeSpan duration => Durations.Format(duration),
        Enum name => name.ToString().ToLowerInvariant(),
        Uri url => url.ToString().TrimEnd('/'),
        double number => number.ToString("0.######", CultureInfo.InvariantCulture),
        _ when _attribute.IsSize => ByteSizes.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        string text => text,
        IDictionary map => string.Join(" ", map.Keys.Cast<object>().Select(key => $"{key}={map[key]}")),
        IEnumerable list => string.Join(",", list.Cast<object>().Select(Format)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
