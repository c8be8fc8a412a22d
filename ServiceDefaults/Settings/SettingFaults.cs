using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Observability.ServiceDefaults.Settings;

/// <summary>Collects what is wrong with settings, so that all of it is said at once: a line for each.</summary>
/// <param name="configuration">The configuration, which knows where a value was written.</param>
/// <param name="section">The section that names are relative to.</param>
public sealed class SettingFaults(IConfiguration configuration, string section)
{
    private readonly List<string> _lines = [];

    /// <summary>Whether anything is wrong so far.</summary>
    public bool Any => _lines.Count > 0;

    /// <summary>Adds a setting whose value is not accepted.</summary>
    /// <param name="name">Its name within the section, such as <c>Batch:MaxBytes</c>.</param>
    /// <param name="value">Its value, for when nobody wrote one; what was written comes first.</param>
    /// <param name="accepts">What it must be.</param>
    public void Add(string name, object? value, string accepts)
    {
        var key = Key(name);
        var written = configuration[key] is { Length: > 0 } text ? text : Convert.ToString(value, CultureInfo.InvariantCulture);
        _lines.Add($"{SettingName.Of(configuration, key)} is '{Urls.WithoutLogin(written ?? "")}': it must be {accepts}");
    }

    /// <summary>Adds a setting that must not be what it is, when <paramref name="valid"/> is false.</summary>
    /// <param name="valid">Whether all is well.</param>
    /// <param name="name">Its name within the section.</param>
    /// <param name="value">Its value, for when nobody wrote one.</param>
    /// <param name="accepts">What it must be.</param>
    public void Check(bool valid, string name, object? value, string accepts)
    {
        if (!valid)
            Add(name, value, accepts);
    }

    /// <summary>Adds a fault in words of its own.</summary>
    /// <param name="line">The line.</param>
    public void Say(string line) => _lines.Add(line);

    /// <summary>What a setting of the section was written as, such as <c>--rate</c>; its name when nobody wrote it.</summary>
    /// <param name="name">Its name within the section.</param>
    public string NameOf(string name) => SettingName.Of(configuration, Key(name));

    /// <summary>How a setting can be given on the command line that runs: its option if it has one, else its name.</summary>
    /// <param name="key">Its whole key.</param>
    public string WayTo(string key) => SettingName.WayTo(configuration, key);

    /// <summary>The value of any setting, for rules over sections.</summary>
    /// <param name="key">Its whole key.</param>
    public string? ValueOf(string key) => configuration[key];

    /// <summary>Reads a URL that is a setting of another section.</summary>
    /// <param name="key">Its whole key.</param>
    /// <param name="accepts">What it must be, for the message.</param>
    /// <param name="isRequired">Whether its absence is a fault.</param>
    /// <returns>The URL, ending in a slash so that paths can be appended to it; null when it is absent or wrong.</returns>
    public Uri? Url(string key, string accepts, bool isRequired = false)
    {
        var value = configuration[key];
        if (string.IsNullOrEmpty(value))
        {
            if (isRequired)
                Say($"{WayTo(key)} is not set: it must be {accepts}");
            return null;
        }

        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https" })
            return url.AbsolutePath.EndsWith('/') ? url : new UriBuilder(url) { Path = url.AbsolutePath + "/" }.Uri;
        Say($"{SettingName.Of(configuration, key)} is '{Urls.WithoutLogin(value)}': it must be {accepts}");
        return null;
    }

    internal void Unknown(IConfigurationSection setting, IEnumerable<string> names)
    {
        var parent = setting.Path[..^setting.Key.Length];
        var known = names.Select(name => parent + name).ToList();
        var hint = Nearest.To(setting.Path, known) is { } nearest ? $"did you mean {nearest}?" : "--help lists the settings";
        _lines.Add($"{SettingName.Of(configuration, setting.Path)} is no setting: {hint}");
    }

    internal SettingsException ToException() => new([.. _lines]);

    internal void ThrowIfAny()
    {
        if (Any)
            throw ToException();
    }

    private string Key(string name) => section.Length > 0 ? $"{section}:{name}" : name;
}
