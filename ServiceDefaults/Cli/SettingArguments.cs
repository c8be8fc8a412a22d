using System.Text.RegularExpressions;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Cli;

/// <summary>The arguments that are settings (<c>--Section:Key=value</c>), parted from the others, which System.CommandLine reads.</summary>
internal static partial class SettingArguments
{
    // Those of .NET, of Aspire and of every program; the program's own come from its settings.
    private static readonly string[] CommonSections = ["ConnectionStrings", "Aspire", "Logging", "Kestrel", "Metrics"];

    /// <summary>Parts the arguments.</summary>
    /// <param name="args">All arguments.</param>
    /// <param name="sections">The program's own sections.</param>
    /// <param name="settings">Takes the settings.</param>
    /// <returns>The other arguments.</returns>
    /// <exception cref="SettingsException">A setting is in a section that nobody reads.</exception>
    public static string[] Split(IReadOnlyList<string> args, IEnumerable<string> sections, CommandLineSettings settings)
    {
        var known = sections.Concat(CommonSections).Distinct().ToList();
        var rest = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (SettingArgument().Match(args[i]) is not { Success: true } match)
            {
                rest.Add(args[i]);
                continue;
            }

            var key = match.Groups["key"].Value;
            var section = key[..key.IndexOf(':', StringComparison.Ordinal)];
            if (!known.Contains(section, StringComparer.OrdinalIgnoreCase))
                throw new SettingsException($"--{key} is no setting: {Hint(section, known)}");
            if (match.Groups["value"].Success)
                settings.Add(key, match.Groups["value"].Value, "--" + key);
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                settings.Add(key, args[++i], "--" + key);
            else
                throw new SettingsException($"--{key} has no value: write --{key}=VALUE");
        }

        return [.. rest];
    }

    private static string Hint(string section, IReadOnlyList<string> known) =>
        Nearest.To(section, known) is { } nearest ? $"did you mean {nearest}:…?" : $"the sections are {string.Join(", ", known)}";

    [GeneratedRegex("^--(?<key>[A-Za-z][A-Za-z0-9_.-]*(:[^=:]+)+)(=(?<value>.*))?$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex SettingArgument();
}
