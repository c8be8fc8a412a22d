namespace Observability.Embedded.Hosting;

/// <summary>How a server in the process comes up.</summary>
internal static class WebApplicationExtensions
{
    /// <summary>Starts to listen. What cannot, an address in use say, leaves nothing behind.</summary>
    /// <param name="app">The server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task StartOrDisposeAsync(this WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
