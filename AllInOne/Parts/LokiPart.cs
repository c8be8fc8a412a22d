using Observability.AllInOne.Hosting;
using Observability.AllInOne.Web;
using Observability.Embedded.EmbeddedLoki;

namespace Observability.AllInOne.Parts;

/// <summary>The embedded log store alone, with the page to search it.</summary>
internal static class LokiPart
{
    /// <summary>Runs it until it is told to stop.</summary>
    /// <param name="overrides">Settings that count before those of the environment.</param>
    /// <param name="started">Told where the store is; null when nobody asks.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="PortInUseException">The port is taken.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static async Task RunAsync(IEnumerable<KeyValuePair<string, string?>> overrides, Action<string>? started, CancellationToken cancellationToken)
    {
        var builder = PartHost.CreateBuilder(overrides, AllInOneSettings.DefaultPort);
        var settings = AllInOneSettings.Read(builder.Configuration);
        builder.Services.AddEmbeddedLoki(options => options.MaxBytes = settings.StoreBytes);
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapEmbeddedLoki();
        app.MapWebPage();
        await PartHost.RunAsync(app, Announce, cancellationToken);

        void Announce(ILogger logger, string address)
        {
            PartLog.Loki(logger, address, settings.StoreBytes / (1024 * 1024));
            started?.Invoke(address);
        }
    }
}
