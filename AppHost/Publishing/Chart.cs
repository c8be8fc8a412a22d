namespace Observability.AppHost.Publishing;

/// <summary>The chart's own description.</summary>
internal static class Chart
{
    public const string Name = "observability";
    public const string Version = "1.0.0";
    public const string Description = "LogGenerator and Forwarder";
}
