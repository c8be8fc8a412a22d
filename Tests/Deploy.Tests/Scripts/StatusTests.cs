namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/status, with stand-ins for the tools.</summary>
public sealed class StatusTests : IDisposable
{
    private readonly StubbedCluster _cluster = new();

    public StatusTests()
    {
        _cluster.Recorded(
            "40-monitoring monitoring.coreos.com/v1 Prometheus monitoring prometheus-kube-prometheus-prometheus",
            "20-stores kafka.strimzi.io/v1 Kafka kafka kafka",
            "30-pipeline apps/v1 Deployment default forwarder-deployment",
            "40-monitoring apps/v1 DaemonSet monitoring node-exporter");
    }

    [Fact]
    public async Task All_that_was_promised_and_is_ready_is_nothing_to_tell_of()
    {
        _cluster.On(
            Found("Prometheus.monitoring.coreos.com", "monitoring", "prometheus-kube-prometheus-prometheus", "", "", "Available=True")
            + Found("Kafka.kafka.strimzi.io", "kafka", "kafka", "", "", "Ready=True")
            + Found("Deployment.apps", "default", "forwarder-deployment", "1", "1", "Available=True")
            + Found("DaemonSet.apps", "monitoring", "node-exporter", "3", "3", ""));
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.EndsWith("\nNot ready\n  nothing\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_not_ready_is_named_with_its_reason()
    {
        // With no Prometheus at all it said "Not ready: nothing", since it looked only at the pods that were there.
        _cluster.On(
            Found("Prometheus.monitoring.coreos.com", "elsewhere", "prometheus-kube-prometheus-prometheus", "", "", "Available=True")
            + Found("Kafka.kafka.strimzi.io", "kafka", "kafka", "", "", "Ready=False NotReady no volume")
            + Found("Deployment.apps", "default", "forwarder-deployment", "3", "1", "Available=True")
            + Found("DaemonSet.apps", "monitoring", "node-exporter", "3", "3", ""));
        var result = await RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            """
            Not ready
              Prometheus monitoring/prometheus-kube-prometheus-prometheus is not there
              Kafka kafka/kafka is not Ready: Ready=False NotReady no volume
              Deployment default/forwarder-deployment has 1 of 3 pods ready

            See "When something is wrong" in deploy/README.md.

            """,
            result.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_that_does_nothing_is_noticed()
    {
        _cluster.On(Found("Prometheus.monitoring.coreos.com", "monitoring", "prometheus-kube-prometheus-prometheus", "", "", "")
            + Found("Kafka.kafka.strimzi.io", "kafka", "kafka", "", "", "Ready=True")
            + Found("Deployment.apps", "default", "forwarder-deployment", "1", "1", "Available=True")
            + Found("DaemonSet.apps", "monitoring", "node-exporter", "3", "3", ""));
        var result = await RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Prometheus monitoring/prometheus-kube-prometheus-prometheus is not Available: its operator has said nothing of it",
            result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_of_others_are_not_counted()
    {
        await RunAsync();

        Assert.DoesNotContain("get pods", _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_stack_that_is_said()
    {
        _cluster.Recorded();
        var result = await RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("there is no stack in the namespace default", result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _cluster.Dispose();

    private static string Found(string kind, string @namespace, string name, string want, string have, string condition) =>
        $"*'get {kind} --all-namespaces'*) printf 'found\\t{kind}\\t{@namespace}\\t{name}\\t{want}\\t{have}\\t{condition}\\n'; exit ;;\n";

    private Task<ToolResult> RunAsync() => _cluster.RunAsync("deploy/status");
}
