namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/down on a cluster of one's own, with stand-ins for the tools.</summary>
public sealed class DownTests : IDisposable
{
    private readonly StubbedCluster _cluster = new();

    public DownTests()
    {
        _cluster.Recorded(
            "00-crds v1 Namespace - observability",
            "00-crds apiextensions.k8s.io/v1 CustomResourceDefinition - kafkas.kafka.strimzi.io",
            "10-operators apps/v1 Deployment observability-kafka strimzi-cluster-operator",
            "20-stores kafka.strimzi.io/v1 KafkaTopic observability-kafka alloy-logs",
            "20-stores apps/v1 StatefulSet observability-monitoring loki-write",
            "20-stores apps/v1 StatefulSet observability-monitoring loki-backend",
            "30-pipeline apps/v1 Deployment observability forwarder-deployment",
            "40-monitoring v1 PersistentVolumeClaim observability-monitoring prometheus-grafana",
            "40-monitoring apps/v1 Deployment observability-monitoring prometheus-grafana",
            "90-policies networking.k8s.io/v1 NetworkPolicy observability alloy");
        _cluster.There(
            "Deployment.apps observability-kafka strimzi-cluster-operator observability",
            "StatefulSet.apps observability-monitoring loki-write observability",
            "StatefulSet.apps observability-monitoring loki-backend observability",
            "Deployment.apps observability forwarder-deployment observability",
            "PersistentVolumeClaim observability-monitoring prometheus-grafana observability",

            // Somebody else has put another Grafana in its place.
            "Deployment.apps observability-monitoring prometheus-grafana ",
            "NetworkPolicy.networking.k8s.io observability alloy observability");
    }

    [Fact]
    public async Task Only_what_carries_the_stacks_label_is_deleted_and_nothing_that_holds_data()
    {
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        var deleted = _cluster.Calls.Split('\n').Where(call => call.Contains(" delete ", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                "kubectl --context production --namespace observability delete NetworkPolicy.networking.k8s.io alloy --ignore-not-found",
                "kubectl --context production --namespace observability delete Deployment.apps forwarder-deployment --ignore-not-found",
                "kubectl --context production --namespace observability-kafka delete kafkatopic,kafkauser --selector "
                    + "observability/stack=observability --ignore-not-found --timeout=2m",
                "kubectl --context production --namespace observability-kafka delete kafka,kafkanodepool --selector "
                    + "observability/stack=observability --ignore-not-found",
                "kubectl --context production --namespace observability-monitoring delete StatefulSet.apps loki-write loki-backend "
                    + "--ignore-not-found",
                "kubectl --context production --namespace observability-kafka delete Deployment.apps strimzi-cluster-operator "
                    + "--ignore-not-found",
                "kubectl --context production --namespace observability delete configmap observability-stack --ignore-not-found",
            ],
            deleted);
        Assert.DoesNotContain("--all --", _cluster.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("helm", _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topics_are_let_go_while_their_operator_is_there()
    {
        await RunAsync();

        _cluster.AssertOrder(
            "annotate kafkatopic --selector observability/stack=observability --overwrite strimzi.io/managed=false",
            "delete kafkatopic,kafkauser",
            "delete kafka,kafkanodepool",
            "delete Deployment.apps strimzi-cluster-operator");
    }

    [Fact]
    public async Task The_volumes_of_Kafka_are_marked_with_its_identity_before_it_goes()
    {
        _cluster.On("*clusterId*) echo 5L6g3nShT-eMCtK--X86sw; exit ;;");
        await RunAsync();

        _cluster.AssertOrder(
            "annotate persistentvolumeclaim --selector strimzi.io/cluster=kafka --overwrite "
                + "observability/kafka-cluster-id=5L6g3nShT-eMCtK--X86sw",
            "delete kafka,kafkanodepool");
    }

    [Fact]
    public async Task A_cluster_on_which_up_stopped_early_is_cleared_all_the_same()
    {
        _cluster.On("*'get customresourcedefinition/'*) exit 1 ;;\n*kafkatopic* | *kafkanodepool*) exit 1 ;;");
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("delete StatefulSet.apps loki-write", _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_stack_nothing_is_deleted()
    {
        _cluster.Recorded();
        var result = await RunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("There is no stack in the namespace observability", result.Output, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task The_data_goes_only_when_that_is_said_and_never_with_the_namespace_default()
    {
        _cluster.Recorded("30-pipeline apps/v1 Deployment default forwarder-deployment");
        var result = await _cluster.RunAsync("deploy/down", "--context", "production", "--namespace", "default", "--with-data");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("delete namespace --selector observability/stack=default --field-selector metadata.name=kafka", _cluster.Calls,
            StringComparison.Ordinal);
        Assert.DoesNotContain("metadata.name=default", _cluster.Calls, StringComparison.Ordinal);
    }

    public void Dispose() => _cluster.Dispose();

    private Task<ToolResult> RunAsync() => _cluster.RunAsync("deploy/down", "--context", "production");
}
