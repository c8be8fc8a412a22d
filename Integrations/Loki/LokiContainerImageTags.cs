namespace Aspire.Hosting;

internal static class LokiContainerImageTags
{
    /// <remarks>docker.io</remarks>
    public const string Registry = "docker.io";

    /// <remarks>grafana/loki</remarks>
    public const string Image = "grafana/loki";

    /// <remarks>3.7.6</remarks>
    public const string Tag = "3.7.6";
}
