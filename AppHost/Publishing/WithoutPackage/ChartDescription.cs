namespace Observability.AppHost.Publishing;

/// <summary>What stands in Chart.yaml.</summary>
internal sealed record ChartDescription
{
    public string ApiVersion { get; } = "v2";

    public string Name { get; } = Chart.Name;

    public string Version { get; } = Chart.Version;

    public string AppVersion { get; } = Chart.Version;

    public string Description { get; } = Chart.Description;

    public string Type { get; } = "application";
}
