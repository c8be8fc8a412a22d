using Microsoft.Extensions.Configuration;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Loki;

/// <summary>Where Loki is, from the connection string that every service shares.</summary>
public static class LokiEndpoint
{
    /// <summary>What the setting must be, for messages.</summary>
    public const string Accepts = "the http or https URL of Loki, such as http://127.0.0.1:3100";

    /// <summary>Reads <c>ConnectionStrings:&lt;name&gt;</c>, the base URL of Loki or of a proxy in front of it.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <returns>The URL, ending in a slash so that API paths can be appended to a path prefix.</returns>
    /// <exception cref="SettingsException">The setting is missing or is no http(s) URL.</exception>
    public static Uri Parse(IConfiguration configuration, string connectionName = "loki")
    {
        var faults = new SettingFaults(configuration, "");
        var key = $"{ConnectionSettings.Section}:{connectionName}";
        var url = faults.Url(key, Accepts, isRequired: true);
        if (url?.AbsolutePath.IndexOf("/loki/api/", StringComparison.Ordinal) is >= 0 and var path)
        {
            faults.Say(
                $"{SettingName.Of(configuration, key)} is '{Urls.WithoutLogin(url.ToString().TrimEnd('/'))}': it must be Loki's base URL, "
                + $"here {Urls.WithoutLogin(new UriBuilder(url) { Path = url.AbsolutePath[..path] }.Uri)}");
        }

        faults.ThrowIfAny();
        return url!;
    }
}
