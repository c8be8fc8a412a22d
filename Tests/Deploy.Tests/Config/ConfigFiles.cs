namespace Observability.Deploy.Tests.Config;

/// <summary>Where the configuration lies in the working tree.</summary>
internal static class ConfigFiles
{
    public static string Root { get; } = Repository.PathOf("deploy/config");

    public static string Prometheus => Path.Combine(Root, "prometheus");

    public static string Rules => Path.Combine(Prometheus, "rules", "pipeline.yaml");

    public static string RuleTests => Path.Combine(Prometheus, "tests", "pipeline.test.yaml");

    public static string Dashboards => Path.Combine(Root, "grafana", "dashboards");

    public static string DataSources => Path.Combine(Root, "grafana", "provisioning", "datasources", "datasources.yaml");

    public static string Loki => Path.Combine(Root, "loki", "loki.yaml");

    public static string Alloy => Path.Combine(Root, "alloy");
}
