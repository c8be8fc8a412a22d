namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/down on a cluster of one's own, with stand-ins for the tools.</summary>
public sealed class DownTests : IDisposable
{
    private readonly PathOfStubs _path = new();

    public DownTests() => _path.Add("helm", "case $1 in version) echo v4.1.4 ;; esac");

    [Fact]
    public async Task A_cluster_on_which_up_stopped_early_is_cleared_all_the_same()
    {
        // As kubectl answers for a kind that the cluster does not know, whatever --ignore-not-found says.
        Kubectl("case $* in *customresourcedefinition* | *kafka* | *monitors* | *deploy/monitoring* | *prometheusrule*) exit 1 ;; esac");
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("helm uninstall prometheus ", _path.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topics_are_let_go_while_their_operator_is_there()
    {
        Kubectl("");
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        AssertOrder("annotate kafkatopic --all --overwrite strimzi.io/managed=false", "kafkatopic,kafkauser --all", "--kustomize deploy/kafka/base", "helm uninstall strimzi");
    }

    [Fact]
    public async Task The_volumes_of_Kafka_are_marked_with_its_identity_before_it_goes()
    {
        Kubectl("case $* in *clusterId*) echo 5L6g3nShT-eMCtK--X86sw ;; esac");
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        AssertOrder("annotate persistentvolumeclaim --selector strimzi.io/cluster=kafka --overwrite observability/kafka-cluster-id=5L6g3nShT-eMCtK--X86sw", "--kustomize deploy/kafka/base");
    }

    [Fact]
    public async Task Every_release_of_the_stack_is_uninstalled_and_no_controller_that_others_may_use()
    {
        Kubectl("");
        await RunAsync();

        var releases = Repository.Read("deploy/charts.tsv").Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));
        Assert.DoesNotContain("uninstall ingress-nginx", _path.Calls, StringComparison.Ordinal);
        Assert.All(releases.Where(row => row[0] != "ingress-nginx"), row => Assert.Contains($"helm uninstall {row[0]} --kube-context production --namespace {row[1]} ", _path.Calls, StringComparison.Ordinal));
        Assert.Contains("helm uninstall services --kube-context production --namespace default ", _path.Calls, StringComparison.Ordinal);
    }

    public void Dispose() => _path.Dispose();

    private void Kubectl(string script) => _path.Add("kubectl", "case $* in *'version --client'*) echo v1.35.2; exit ;; version* | *' version') exit ;; esac\n" + script);

    private Task<ToolResult> RunAsync() => Tool.RunAsync("deploy/down", ["--context", "production"], _path.Environment);

    private void AssertOrder(params string[] calls)
    {
        var places = calls.Select(call => _path.Calls.IndexOf(call, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }
}
