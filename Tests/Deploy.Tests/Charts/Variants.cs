namespace Observability.Deploy.Tests.Charts;

/// <summary>The sizes and options of the stack whose manifests differ.</summary>
internal static class Variants
{
    public const string Laptop = "";
    public const string Options = "--loki monolithic --kafka-auth --ingress traefik";
    public const string RealCluster =
        "--values real-cluster --values Tests/Deploy.Tests/Rendering/OwnValues --registry registry.example.com/team"
        + " --namespace observability --ingress none --expose grafana";

    public static string[] Arguments(string variant) => variant.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
