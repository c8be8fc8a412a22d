using System.Text.Json.Nodes;

namespace Observability.Deploy.Tests.Wiring;

/// <summary>What no file of this repository says, since an operator, k3s or Aspire makes it.</summary>
internal static class Known
{
    /// <summary>Pods by the labels that network policies use.</summary>
    public static IEnumerable<(string Namespace, JsonObject Labels)> PodsOfOperators =>
    [
        ("monitoring", new() { ["app.kubernetes.io/name"] = "prometheus" }),
        ("kube-system", new() { ["app.kubernetes.io/name"] = "traefik" }),
        ("default", new() { ["app.kubernetes.io/component"] = "forwarder" }),
        ("default", new() { ["app.kubernetes.io/component"] = "log-generator" }),
    ];
}
