using System.CommandLine;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Cli;

/// <summary>
/// An option that is a short name of a setting. It is read as text and checked where the setting is, so that a value is right
/// or wrong in the same way wherever it comes from.
/// </summary>
public sealed class SettingOption : Option<string>
{
    /// <param name="name">The option's name.</param>
    /// <param name="setting">The setting.</param>
    /// <param name="defaultText">The command's own default, where it is not the setting's.</param>
    public SettingOption(string name, Setting setting, string? defaultText = null)
        : this(name, (setting ?? throw new ArgumentNullException(nameof(setting))).Key,
            Describe(setting, defaultText ?? setting.DefaultText), setting.ValueName)
    {
    }

    /// <param name="name">The option's name.</param>
    /// <param name="key">The setting's key.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="value">What the value is called in the help.</param>
    public SettingOption(string name, string key, string description, string value)
        : base(name)
    {
        Key = key;
        Description = description;
        HelpName = value;
    }

    /// <summary>The setting's key.</summary>
    public string Key { get; }

    /// <summary>Adds the setting, if the option was given.</summary>
    internal void AddTo(CommandLineSettings settings, ParseResult result)
    {
        settings.AddOption(Key, Name);
        if (result.GetResult(this) is { Implicit: false } && result.GetValue(this) is { } value)
            settings.Add(Key, value, Name);
    }

    private static string Describe(Setting setting, string defaultText) =>
        setting.Description + (setting.Bounds.Length > 0 ? $"; {setting.Bounds}" : "")
            + (defaultText.Length > 0 ? $" (default {defaultText})" : "");
}
