using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace Observability.LogGenerator.Configuration;

/// <summary>
/// Reads settings one by one, so that a wrong one is reported with its name, its value and what it accepts, whatever
/// is wrong with it.
/// </summary>
/// <param name="configuration">The configuration.</param>
/// <param name="section">The section that the settings are in; empty for none.</param>
internal sealed class SettingsReader(IConfiguration configuration, string section = "")
{
    /// <summary>Text, or the default when it is absent or empty.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? Text(string name, string? fallback = null) =>
        configuration[Key(name)] is { Length: > 0 } value ? value : fallback;

    /// <summary>A number within bounds.</summary>
    public double Number(string name, double fallback, double minimum, double maximum)
    {
        if (Text(name) is not { } value)
            return fallback;
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw Invalid(name, value, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum:0}"));
    }

    /// <summary>A whole number within bounds, or null when it is absent.</summary>
    public long? WholeNumber(string name, long minimum, long maximum = long.MaxValue)
    {
        if (Text(name) is not { } value)
            return null;
        var accepts = maximum == long.MaxValue ? $"a whole number from {minimum} up" : $"a whole number from {minimum} to {maximum}";
        return long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw Invalid(name, value, accepts);
    }

    /// <summary>A seed: any whole number from 0 to 2^64 − 1.</summary>
    public ulong? Seed(string name)
    {
        if (Text(name) is not { } value)
            return null;
        return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid(name, value, $"a whole number from 0 to {ulong.MaxValue}");
    }

    public bool Flag(string name, bool fallback)
    {
        if (Text(name) is not { } value)
            return fallback;
        return bool.TryParse(value, out var flag) ? flag : throw Invalid(name, value, "true or false");
    }

    /// <summary>A duration within bounds, or null when it is absent. Written as in <see cref="Durations"/>.</summary>
    public TimeSpan? Duration(string name, TimeSpan minimum, TimeSpan maximum)
    {
        if (Text(name) is not { } value)
            return null;
        return Durations.TryParse(value, out var duration) && duration >= minimum && duration <= maximum
            ? duration
            : throw Invalid(name, value, $"a duration from {Durations.Format(minimum)} to {Durations.Format(maximum)}, such as 500ms, 30s, 5m, 1h or 00:00:30");
    }

    /// <summary>An absolute http or https URL, ending in a slash so that paths can be appended to it; null when it is absent.</summary>
    public Uri? Url(string name)
    {
        if (Text(name) is not { } value)
            return null;
        return Uri.TryCreate(value.EndsWith('/') ? value : value + "/", UriKind.Absolute, out var url) && url is { Scheme: "http" or "https" }
            ? url
            : throw Invalid(name, value, "an http or https URL, such as http://127.0.0.1:4318");
    }

    /// <summary>Several texts: an array, or one text with commas.</summary>
    public IReadOnlyList<string> List(string name) =>
    [
        .. configuration.GetSection(Key(name)).GetChildren().Select(child => child.Value ?? "")
            .Concat((Text(name) ?? "").Split(','))
            .Select(item => item.Trim())
            .Where(item => item.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>The exception that says in one line what is wrong with a setting.</summary>
    public OptionsValidationException Invalid(string name, string? value, string accepts) =>
        new(section, typeof(LogGeneratorSettings), [$"{Key(name)} is '{value}': it must be {accepts}"]);

    private string Key(string name) => section.Length > 0 ? $"{section}:{name}" : name;
}
