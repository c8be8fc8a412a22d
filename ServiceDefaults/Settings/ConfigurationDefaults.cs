using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Observability.ServiceDefaults.Settings;

/// <summary>Defaults that a program has in the place of the settings' own.</summary>
public static class ConfigurationDefaults
{
    /// <summary>Adds values below all other sources, so that any of them can say otherwise.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="values">The values by key.</param>
    public static void AddDefaults(this IConfigurationManager configuration, IEnumerable<KeyValuePair<string, string?>> values)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = values });
    }
}
