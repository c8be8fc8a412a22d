namespace Observability.Deploy.Tests.Charts;

/// <summary>The sizes and options of deploy/up whose values differ.</summary>
internal static class Variants
{
    public const string Laptop = "";
    public const string Options = "--loki monolithic --kafka-auth";
    public const string RealCluster = "--values real-cluster --context production --registry registry.example.com";

    public static string[] Arguments(string variant) => variant.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
