namespace Observability.ServiceDefaults.Settings;

/// <summary>
/// Says what a setting is for and what it accepts: the one text for the reader of the code, for <c>--help</c> and for the
/// message about a wrong value.
/// </summary>
/// <param name="description">What the setting is for, beginning with a small letter and without a full stop.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string description) : Attribute
{
    /// <summary>What the setting is for.</summary>
    public string Description { get; } = description;

    /// <summary>The setting's name, where it is not the property's, such as <c>log-rate</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The least value, or null for none: a number, or text as the setting has it (<c>"500ms"</c>, <c>"1KiB"</c>).</summary>
    public object? Least { get; init; }

    /// <summary>The greatest value, or null for none; written as <see cref="Least"/>.</summary>
    public object? Most { get; init; }

    /// <summary>Whether a whole number is a number of bytes, and may be written as <c>64MiB</c>.</summary>
    public bool IsSize { get; init; }

    /// <summary>Whether the value is never shown, as that of a password.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What the value is called in the help of an option, such as <c>URL</c>; null for the type's own word.</summary>
    public string? Value { get; init; }

    /// <summary>What is in effect when the setting is absent, for people; null for the property's value.</summary>
    public string? Default { get; init; }

    /// <summary>What an entry of a dictionary is called after, such as <c>&lt;topic&gt;</c>.</summary>
    public string? Entry { get; init; }

    /// <summary>An example of a URL.</summary>
    public string? Example { get; init; }
}
