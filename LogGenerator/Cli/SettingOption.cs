using System.CommandLine;

namespace Observability.LogGenerator.Cli;

/// <summary>
/// An option that stands for a setting. It is read as text and checked where the setting is, so that a value is right
/// or wrong in the same way wherever it comes from.
/// </summary>
internal sealed class SettingOption : Option<string>
{
    private readonly string _key;

    /// <param name="name">The option's name.</param>
    /// <param name="key">The setting's key.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="value">What the value is called in the help.</param>
    public SettingOption(string name, string key, string description, string value)
        : base(name)
    {
        _key = key;
        Description = description;
        HelpName = value;
    }

    /// <summary>Adds the setting, if the option was given.</summary>
    public void AddTo(IDictionary<string, string?> settings, ParseResult result)
    {
        if (result.GetValue(this) is { } value)
            settings[_key] = value;
    }
}
