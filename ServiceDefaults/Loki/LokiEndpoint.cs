using Microsoft.Extensions.Configuration;

namespace Observability.ServiceDefaults.Loki;

/// <summary>Where Loki is, from the connection string that every service shares.</summary>
public static class LokiEndpoint
{
    /// <summary>Reads <c>ConnectionStrings:&lt;name&gt;</c>, the base URL of Loki or of a proxy in front of it.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <returns>The URL, ending in a slash so that API paths can be appended to a path prefix.</returns>
    /// <exception cref="InvalidOperationException">The setting is missing or is no http(s) URL.</exception>
    public static Uri Parse(IConfiguration configuration, string connectionName = "loki")
    {
        ArgumentNullException.ThrowIfNull(configuration);

        var value = configuration.GetConnectionString(connectionName);
        if (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" })
            return uri.AbsolutePath.EndsWith('/') ? uri : new UriBuilder(uri) { Path = uri.AbsolutePath + "/" }.Uri;

        throw new InvalidOperationException(
            $"ConnectionStrings:{connectionName} is '{value}': it must be the http or https URL of Loki, such as http://127.0.0.1:3100");
    }
}
