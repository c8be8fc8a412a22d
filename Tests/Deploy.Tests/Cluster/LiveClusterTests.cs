using System.Text.Json.Nodes;
using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Cluster;

/// <summary>deploy/up and down on a real, disposable cluster: kind, k3d or such, with helm, kubectl and .NET on this machine.</summary>
/// <remarks><c>KUBECONFIG</c> and <c>DEPLOY_LIVE_CONTEXT</c> name it, <c>DEPLOY_LIVE_REGISTRY</c> a registry that both sides
/// reach.</remarks>
public sealed class LiveClusterTests
{
    private static readonly string? Context = Environment.GetEnvironmentVariable("DEPLOY_LIVE_CONTEXT");
    private static readonly string? Registry = Environment.GetEnvironmentVariable("DEPLOY_LIVE_REGISTRY");

    [Fact]
    public async Task The_stack_comes_up_twice_without_a_change_and_goes_without_a_trace_of_others()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } && Context is { Length: > 0 }
                && Registry is { Length: > 0 },
            "There is no disposable cluster: KUBECONFIG, DEPLOY_LIVE_CONTEXT and DEPLOY_LIVE_REGISTRY are not all set (deploy/README.md, "
                + "\"Checking a change\").");

        await KubectlAsync("create", "namespace", "deploy-live-shop");
        try
        {
            await KubectlAsync("create", "deployment", "orders", "--namespace", "deploy-live-shop", "--image",
                "registry.k8s.io/pause:3.10");
            await KubectlAsync("create", "configmap", "orders", "--namespace", "deploy-live-shop", "--from-literal=a=b");
            var foreign = await SpecsAsync("deploy-live-shop");

            await UpAsync();
            var first = await GenerationsAsync();
            await UpAsync();
            Assert.Equal(first, await GenerationsAsync());

            await KubectlAsync("scale", "deployment/log-generator-deployment", "--namespace", "deploy-live", "--replicas", "2");
            await UpAsync();
            Assert.Equal("1", await KubectlAsync("get", "deployment/log-generator-deployment", "--namespace", "deploy-live", "--output",
                "jsonpath={.spec.replicas}"));
            Assert.Equal(0, (await Tool.RunAsync("deploy/status", ["--context", Context!, "--namespace", "deploy-live"])).ExitCode);

            var down = await Tool.RunAsync("deploy/down", ["--context", Context!, "--namespace", "deploy-live", "--with-data"]);
            Assert.True(down.ExitCode == 0, down.Error);
            Assert.Equal("", await KubectlAsync("get", "all,configmaps,ingresses,networkpolicies", "--all-namespaces", "--selector",
                "observability/stack=deploy-live", "--output", "name"));
            Assert.Equal(foreign, await SpecsAsync("deploy-live-shop"));
        }
        finally
        {
            await KubectlAsync("delete", "namespace", "deploy-live-shop");
        }
    }

    private static async Task UpAsync()
    {
        var result = await Tool.RunAsync("deploy/up",
            ["--context", Context!, "--registry", Registry!, "--namespace", "deploy-live", "--timeout", "20m"]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static async Task<IReadOnlyList<string>> GenerationsAsync() => await ItemsAsync(
        ["get", "deployments,statefulsets,daemonsets", "--all-namespaces", "--selector", "observability/stack=deploy-live"],
        item => $"{item["kind"]} {item["metadata"]!["name"]} {item["metadata"]!["generation"]}");

    private static async Task<IReadOnlyList<string>> SpecsAsync(string @namespace) => await ItemsAsync(
        ["get", "deployments,configmaps", "--namespace", @namespace],
        item =>
            $"{item["kind"]} {item["metadata"]!["name"]} {item["metadata"]!["labels"]?.ToJsonString()} {item["spec"]?.ToJsonString()} {item["data"]?.ToJsonString()}");

    private static async Task<IReadOnlyList<string>> ItemsAsync(string[] arguments, Func<JsonNode, string> read) =>
        [.. JsonNode.Parse(await KubectlAsync([.. arguments, "--output", "json"]))!["items"]!.AsArray().Select(item => read(item!))
            .Order(StringComparer.Ordinal)];

    private static async Task<string> KubectlAsync(params string[] arguments)
    {
        var result = await Tool.RunAsync("kubectl", ["--context", Context!, .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.TrimEnd('\n');
    }
}
