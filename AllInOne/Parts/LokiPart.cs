using Observability.AllInOne.Settings;
using Observability.AllInOne.Web;
using Observability.Embedded.EmbeddedLoki;
using Observability.Embedded.Faults;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

namespace Observability.AllInOne.Parts;

/// <summary>The embedded log store alone, with the page to search it.</summary>
internal static class LokiPart
{
    /// <summary>Runs it until it is told to stop.</summary>
    /// <param name="options">The settings of the command line.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="PortInUseException">The port is taken.</exception>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static async Task RunAsync(CommandLineSettings options, CancellationToken cancellationToken)
    {
        var builder = PartHost.CreateBuilder(options, new AllInOneSettings().Port);
        var settings = SettingsReader.Read<AllInOneSettings>(builder.Configuration);
        HeapLimit.Set(settings.StoreBytes);
        builder.Services.AddEmbeddedLoki(store => store.MaxBytes = settings.StoreBytes);
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapEmbeddedLoki();
        app.MapFaults();
        app.MapWebPage();
        await PartHost.RunAsync(app, Announce, cancellationToken);

        void Announce(ILogger logger, string address)
        {
            PartLog.Loki(logger, address, settings.StoreBytes / (1024 * 1024));
        }
    }
}
