using Observability.AppHost.Backing;

namespace Aspire.Hosting;

/// <summary>Waiting for the backing services that are of this run.</summary>
internal static class WaitExtensions
{
    /// <summary>Starts the resource when each of them is healthy.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="services">The services; those that are not of this run need no waiting.</param>
    public static IResourceBuilder<T> WaitForAll<T>(this IResourceBuilder<T> builder, params IEnumerable<BackingService?> services)
        where T : IResourceWithWaitSupport
    {
        foreach (var service in services)
        {
            if (service?.Resource is { } resource)
                builder.WaitFor(resource);
        }

        return builder;
    }
}
