namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint that a Prometheus server scrapes.</summary>
/// <param name="job">The scrape job, the value of the label <c>job</c>.</param>
/// <param name="endpoint">The endpoint whose <c>/metrics</c> is scraped.</param>
public sealed class PrometheusScrapeTargetAnnotation(string job, EndpointReference endpoint) : IResourceAnnotation
{
    /// <summary>Gets the scrape job, the value of the label <c>job</c>.</summary>
    public string Job { get; } = job;

    /// <summary>Gets the endpoint whose <c>/metrics</c> is scraped.</summary>
    public EndpointReference Endpoint { get; } = endpoint;
}
