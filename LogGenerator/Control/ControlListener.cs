using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Control;

/// <summary>
/// Where the control API listens. Metrics and health are for other machines; whoever reaches the control API can stop the generator. So it
/// is on loopback: on the service's own addresses where all of them are, else on an address of its own, and on no other.
/// </summary>
internal sealed class ControlListener
{
    /// <summary>The address where nothing is set.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Has the host listen where it is told to, and where the control API is.</summary>
    /// <param name="builder">The builder of the service.</param>
    /// <param name="url">Where the control API is to listen; null when nobody said so.</param>
    /// <param name="defaultUrl">Where the service listens when nobody said so.</param>
    /// <exception cref="SettingsException">The configuration has an address that is none.</exception>
    public static void Use(WebApplicationBuilder builder, Uri? url, string defaultUrl)
    {
        var urls = Configured(builder.Configuration).DefaultIfEmpty(defaultUrl).ToList();
        if (urls.Find(listener => HostOf(listener) is null) is { } wrong)
        {
            var name = new SettingFaults(builder.Configuration, "").NameOf(WebHostDefaults.ServerUrlsKey);
            throw new SettingsException($"{name} is '{wrong}': it must be URLs with semicolons between them, such as http://127.0.0.1:5080");
        }

        if (url is not null || !urls.All(IsLoopback))
        {
            urls.Add(url?.GetLeftPart(UriPartial.Authority) ?? DefaultUrl);
            builder.Services.AddSingleton<ControlListener>();
        }

        builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "").UseUrls([.. urls]);
    }

    /// <summary>Answers requests for the control API with 404 where they come in by another address than its own.</summary>
    /// <param name="app">The application of the service.</param>
    /// <param name="prefixes">The paths of the control API.</param>
    public static void Guard(WebApplication app, IReadOnlyCollection<string> prefixes)
    {
        // Where it is not registered all addresses are on loopback.
        if (app.Services.GetService<ControlListener>() is null)
            return;

        // The host lists its addresses in the order in which they were given, once it listens: this one is the last.
        var address = new Lazy<Uri>(
            () => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last()));
        app.Use((context, next) =>
        {
            var isControl = prefixes.Any(prefix => context.Request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
            return isControl && context.Connection.LocalPort != address.Value.Port
                ? TypedResults.Problem($"The control API is at {address.Value} alone.", statusCode: StatusCodes.Status404NotFound)
                    .ExecuteAsync(context)
                : next(context);
        });
    }

    private static string[] Configured(ConfigurationManager configuration)
    {
        var urls = Split(configuration[WebHostDefaults.ServerUrlsKey]);
        return urls.Length > 0
            ? urls
            : [
                .. Split(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}"),
                .. Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"),
            ];
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    // Null for what is no address to listen at.
    private static string? HostOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Host;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsLoopback(string url)
    {
        var host = HostOf(url)!;
        return string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }
}
