namespace Observability.Deploy.Tests.Charts;

/// <summary>The upstream charts, each unpacked with its dependencies into a folder of its name, where the environment variable
/// <c>DEPLOY_CHARTS</c> says.</summary>
internal static class UpstreamCharts
{
    public static string? Directory { get; } = Environment.GetEnvironmentVariable("DEPLOY_CHARTS") is { Length: > 0 } path ? path : null;

    public static void SkipWithout() => Assert.SkipUnless(
        Directory is not null,
        "The upstream charts are not at hand: DEPLOY_CHARTS is not set (deploy/README.md, \"Checking a change\").");
}
