using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Observability.AppHost.Commands;

/// <summary>The running services that commands of other resources talk to: LogGenerator, which verifies, and the Forwarders.</summary>
/// <param name="generator">LogGenerator.</param>
/// <param name="forwarders">Every replica of the Forwarder.</param>
internal sealed class RunningServices(EndpointReference generator, IReadOnlyList<EndpointReference> forwarders)
{
    // Whoever waits has a token.
    private static readonly HttpClient Client = new() { Timeout = Timeout.InfiniteTimeSpan };

    private static readonly TimeSpan MetricsTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Finds the services in the model.</summary>
    /// <param name="services">The application's.</param>
    public static RunningServices Of(IServiceProvider services)
    {
        var projects = services.GetRequiredService<DistributedApplicationModel>().GetProjectResources().ToList();
        return new(EndpointsOf<Projects.LogGenerator>().First(), [.. EndpointsOf<Projects.Forwarder>()]);

        IEnumerable<EndpointReference> EndpointsOf<T>() =>
            projects.Where(project => project.GetProjectMetadata() is T).Select(project => project.GetEndpoint("http"));
    }

    /// <summary>Has LogGenerator verify; the answer comes when that is over.</summary>
    /// <param name="order">What to verify.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<HttpResponseMessage> VerifyAsync(VerificationOrder order, CancellationToken cancellationToken) => Client.PostAsJsonAsync(
        $"{generator.Url}/verify",
        new { lines = order.Lines, rate = order.Rate, timeout = $"{order.Patience.TotalSeconds:0}s", sink = order.Sink },
        cancellationToken);

    /// <summary>Reads the metrics of all Forwarders; of one that does not answer nothing is known.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ForwarderFigures> ReadForwardersAsync(CancellationToken cancellationToken)
    {
        var figures = new ForwarderFigures();
        foreach (var forwarder in forwarders)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(MetricsTimeout);
                figures.Add(await Client.GetStringAsync($"{forwarder.Url}/metrics", limit.Token));
            }
            catch (HttpRequestException)
            {
                // It is away: that may be the very thing that is tried.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Likewise.
            }
        }

        return figures;
    }

    /// <summary>Sends a request to a part's own API.</summary>
    /// <param name="method">The method.</param>
    /// <param name="part">The part.</param>
    /// <param name="path">The path and the query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, EndpointReference part, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, part.Url + path);
        return await Client.SendAsync(request, cancellationToken);
    }
}
