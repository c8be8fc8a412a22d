using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Console;
using Observability.AllInOne.Settings;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

namespace Observability.AllInOne.Parts;

/// <summary>An embedded part as a process of its own: its console is a log, and its health, metrics and page are on one address.</summary>
internal static class PartHost
{
    private static readonly string PortKey = $"{AllInOneSettings.Section}:{nameof(AllInOneSettings.Port)}";

    /// <summary>Begins with the part's host.</summary>
    /// <param name="options">The settings of the command line.</param>
    /// <param name="defaultPort">The port of HTTP where neither <c>--port</c> nor <c>ASPNETCORE_URLS</c> names an address; 0 for
    /// any.</param>
    public static WebApplicationBuilder CreateBuilder(CommandLineSettings options, int defaultPort)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.UseCommandLine(options);
        builder.Configuration.AddDefaults([new("Logging:LogLevel:Microsoft.Hosting.Lifetime", nameof(LogLevel.Warning))]);
        if (builder.Configuration[PortKey] is not null)
            builder.WebHost.UseUrls(Address(SettingsReader.Read<AllInOneSettings>(builder.Configuration).Port));
        else if (builder.Configuration["urls"] is null)
            builder.WebHost.UseUrls(Address(defaultPort));

        builder.AddServiceDefaults();

        // A stand-in for development is read by people.
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.FormatterName = ConsoleFormatterNames.Simple);
        return builder;
    }

    /// <summary>
    /// Listens where the part's page is, for a part that names endpoints of its own: Kestrel does not look at addresses then.
    /// </summary>
    public static void ListenOnUrls(WebApplicationBuilder builder)
    {
        var addresses = builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey) ?? "";
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var address in addresses.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse))
            {
                if (IPAddress.TryParse(address.Host, out var ip))
                    kestrel.Listen(ip, address.Port);
                else if (address.Host == "localhost")
                    kestrel.ListenLocalhost(address.Port);
                else
                    kestrel.ListenAnyIP(address.Port);
            }
        });
    }

    /// <summary>Runs the part until it is told to stop.</summary>
    /// <exception cref="PortInUseException">The port of HTTP is taken.</exception>
    public static async Task RunAsync(WebApplication app, Action<ILogger, string> announce, CancellationToken cancellationToken)
    {
        using var announcement = app.Lifetime.ApplicationStarted.Register(
            () => announce(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(PartHost).Namespace!),
                string.Join(", ", app.Urls)));
        try
        {
            await app.RunUntilStoppedAsync(cancellationToken);
        }
        catch (IOException fault) when (fault.InnerException is AddressInUseException)
        {
            throw new PortInUseException(
                $"127.0.0.1:{app.Configuration[PortKey]}", fault.InnerException.Message.TrimEnd('.'),
                "--port, or 0 for any that is free", fault);
        }
    }

    private static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
