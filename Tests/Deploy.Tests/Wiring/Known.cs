using System.Text.Json.Nodes;

namespace Observability.Deploy.Tests.Wiring;

/// <summary>What no file of this repository says, since an operator, k3s or Aspire makes it.</summary>
internal static class Known
{
    /// <summary>Pods of custom resources and of k3s, by the labels that network policies use.</summary>
    public static IEnumerable<(string Namespace, JsonObject Labels)> PodsOfOperators(string kafka, string monitoring) =>
    [
        (monitoring, new() { ["app.kubernetes.io/name"] = "prometheus" }),
        (monitoring, new() { ["app.kubernetes.io/name"] = "alertmanager" }),
        (kafka, new() { ["strimzi.io/cluster"] = "kafka" }),
        ("kube-system", new() { ["app.kubernetes.io/name"] = "traefik" }),
    ];
}
