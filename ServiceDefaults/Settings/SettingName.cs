using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Observability.ServiceDefaults.Settings;

/// <summary>Names a setting as whoever wrote it did: by the option, the variable or the file that its value comes from.</summary>
internal static class SettingName
{
    /// <summary>The name as it was written; the setting's key when nobody wrote it.</summary>
    public static string Of(IConfiguration configuration, string key)
    {
        if (configuration is not IConfigurationRoot root)
            return key;

        foreach (var provider in root.Providers.Reverse())
        {
            if (!Holds(provider, key))
                continue;
            return provider switch
            {
                CommandLineSettings.Provider options => options.NameOf(key),
                CommandLineConfigurationProvider => "--" + key,
                EnvironmentVariablesConfigurationProvider => Variable(key),
                JsonConfigurationProvider { Source.Path: { } file } => $"{key} ({file})",
                _ => key,
            };
        }

        return key;
    }

    /// <summary>How the setting can be given on the command line that runs.</summary>
    public static string WayTo(IConfiguration configuration, string key) =>
        (configuration as IConfigurationRoot)?.Providers.OfType<CommandLineSettings.Provider>()
            .Select(options => options.OptionOf(key)).FirstOrDefault(option => option is not null) ?? key;

    // An array has no value of its own, but its parts have.
    private static bool Holds(IConfigurationProvider provider, string key) =>
        provider.TryGet(key, out _) || provider.GetChildKeys([], key).Any();

    private static string Variable(string key)
    {
        var name = key.Replace(":", "__", StringComparison.Ordinal);
        return Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => (string)variable.Key)
            .FirstOrDefault(variable => variable.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
    }
}
