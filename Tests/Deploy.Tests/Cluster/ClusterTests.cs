using System.Text.Json.Nodes;
using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Cluster;

/// <summary>deploy/up, status and down with kubectl itself, against an API server that keeps what it is given.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    private const string Foreign =
        """{"apiVersion":"KIND","kind":"NAME","metadata":{"name":"orders","namespace":"NAMESPACE","labels":{"team":"shop"}},"spec":{"replicas":1}}""";

    private readonly StubbedCluster _machine = new();
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        Tool.SkipWithoutKubectl();
        _server = await ApiServer.StartAsync();
        _machine.UseRealKubectl();
        _machine.Path.Write("kubeconfig", _server.KubeConfig("shared"));
    }

    public async ValueTask DisposeAsync()
    {
        _machine.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_second_run_changes_no_object_and_a_third_takes_back_what_was_scaled_by_hand_and_removes_what_is_left_out()
    {
        var result = await UpAsync();
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("All is healthy", result.Output, StringComparison.Ordinal);
        var first = _server.Snapshot();

        result = await UpAsync();
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("== what changes", result.Output, StringComparison.Ordinal);
        var second = _server.Snapshot();
        Assert.Equal(first.Keys.Order(StringComparer.Ordinal), second.Keys.Order(StringComparer.Ordinal));
        Assert.All(first, entry => Assert.Equal(GenerationOf(entry.Value), GenerationOf(second[entry.Key])));

        result = await RunAsync("deploy/status");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.EndsWith("Not ready\n  nothing\n", result.Output, StringComparison.Ordinal);

        // Helm 4 ended with "conflict with kubectl" at the first field that a person had set.
        _server.Find("Deployment", "observability", "log-generator-deployment")!["spec"]!["replicas"] = 3;
        Assert.NotNull(_server.Find("StatefulSet", "observability", "alloy"));
        result = await UpAsync("--without", "alloy");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("  changes  apps.v1.Deployment.observability.log-generator-deployment", result.Output, StringComparison.Ordinal);
        Assert.Equal(1, _server.Find("Deployment", "observability", "log-generator-deployment")!["spec"]!["replicas"]!.GetValue<int>());
        Assert.Contains("  removes  StatefulSet.apps observability/alloy\n", result.Output, StringComparison.Ordinal);
        Assert.Null(_server.Find("StatefulSet", "observability", "alloy"));
        Assert.Null(_server.Find("ConfigMap", "observability", "alloy-config"));
        Assert.NotNull(_server.Find("StatefulSet", "observability-monitoring", "loki-write"));
    }

    [Fact]
    public async Task What_others_have_is_the_same_before_and_after_and_down_leaves_nothing_else_but_what_holds_data()
    {
        // In a namespace of the stack's first name, which was handed over to it, and elsewhere.
        _server.Put(
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"observability","labels":{"observability/stack":"observability","team":"shop"},"annotations":{"owner":"shop"}}}""");
        _server.Put("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}""");
        foreach (var (version, kind) in (ReadOnlySpan<(string, string)>)[("apps/v1", "Deployment"), ("kafka.strimzi.io/v1", "KafkaTopic"),
            ("monitoring.coreos.com/v1", "Prometheus"), ("v1", "ConfigMap")])
        {
            foreach (var @namespace in (string[])["shop", "observability"])
                _server.Put(Foreign.Replace("KIND", version, StringComparison.Ordinal).Replace("NAMESPACE", @namespace,
                    StringComparison.Ordinal).Replace("NAME", kind, StringComparison.Ordinal));
        }

        var before = _server.Snapshot();
        var result = await UpAsync();
        Assert.True(result.ExitCode == 0, result.Error);
        AssertUntouched(before, _server.Snapshot());

        // As the controller of StatefulSets makes it.
        _server.Put(
            """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data-loki-write-0","namespace":"observability-monitoring"}}""");
        result = await RunAsync("deploy/down");
        Assert.True(result.ExitCode == 0, result.Error);
        var after = _server.Snapshot();
        AssertUntouched(before, after);
        Assert.Equal(
            [
                "CustomResourceDefinition /kafkas.kafka.strimzi.io",
                "Namespace /observability-kafka",
                "Namespace /observability-monitoring",
                "PersistentVolumeClaim observability-monitoring/data-loki-write-0",
                "Secret observability-monitoring/object-store",
                "Secret observability-monitoring/prometheus-grafana",
            ],
            after.Keys.Where(key => !before.ContainsKey(key)).Order(StringComparer.Ordinal));

        result = await RunAsync("deploy/down");
        Assert.Contains("There is no stack", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_somebody_else_has_stops_it_before_the_first_change()
    {
        _server.Put("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"observability-monitoring"}}""");
        _server.Put(
            """{"apiVersion":"monitoring.coreos.com/v1","kind":"Prometheus","metadata":{"name":"prometheus-kube-prometheus-prometheus","namespace":"observability-monitoring"},"spec":{"retention":"30d"}}""");
        var result = await UpAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("  Prometheus.monitoring.coreos.com observability-monitoring/prometheus-kube-prometheus-prometheus\n", result.Error,
            StringComparison.Ordinal);
        Assert.Contains("  Namespace observability-monitoring\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(_server.Changes);
    }

    [Fact]
    public async Task An_operator_that_does_nothing_is_not_healthy()
    {
        _server.WithoutStatus.Add("Prometheus");
        var result = await UpAsync("--timeout", "10s");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "Prometheus.monitoring.coreos.com observability-monitoring/prometheus-kube-prometheus-prometheus is not ready after 10s",
            result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("All is healthy", result.Output, StringComparison.Ordinal);

        result = await RunAsync("deploy/status");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "  Prometheus observability-monitoring/prometheus-kube-prometheus-prometheus is not Available: its operator has said nothing "
                + "of it\n", result.Output, StringComparison.Ordinal);
    }

    private static void AssertUntouched(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        Assert.All(before, entry =>
        {
            // The namespace that was handed over gets the pod security label; what others wrote on it stays.
            if (entry.Key == "Namespace /observability")
            {
                var metadata = JsonNode.Parse(after[entry.Key])!["metadata"]!;
                Assert.Equal("shop", metadata["labels"]!["team"]!.ToString());
                Assert.Equal("shop", metadata["annotations"]!["owner"]!.ToString());
                return;
            }

            Assert.Equal(entry.Value, after.GetValueOrDefault(entry.Key));
        });

    private static int GenerationOf(string json) => JsonNode.Parse(json)!["metadata"]!["generation"]!.GetValue<int>();

    private Task<ToolResult> UpAsync(params string[] options) =>
        _machine.UpAsync(["--context", "shared", "--registry", "registry.example.com", .. options]);

    private Task<ToolResult> RunAsync(string script) => _machine.RunAsync(script, "--context", "shared");
}
