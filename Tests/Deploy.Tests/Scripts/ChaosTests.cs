namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/chaos, with stand-ins for the tools; its waiting takes no time.</summary>
public sealed class ChaosTests : IDisposable
{
    // What LogGenerator answers is judged; everything else that deploy/verify asks is well.
    private const string Cases = """
        *port-forward*) echo 'Forwarding from 127.0.0.1:4711 -> 80'; exec /bin/sleep 600 ;;
        *'{.spec.replicas}') echo 3; exit ;;
        *'range .items[*]}found'*) printf 'found\tStatefulSet.apps\tmonitoring\tloki-write\t3\t3\t\n'; exit ;;
        """;

    // But what a port-forward is given to open.
    private const string Instant = "[[ $1 != 0.2 ]] || exec /bin/sleep 0.2";

    private readonly StubbedCluster _cluster = new();

    public ChaosTests()
    {
        _cluster.Recorded("20-stores apps/v1 StatefulSet monitoring loki-write",
            "40-monitoring apps/v1 StatefulSet monitoring loki-backend-of-others");
        _cluster.Path.Add("sleep", Instant);
        _cluster.On(Cases);
        Curl("{\"passed\":true}");
    }

    [Fact]
    public async Task A_part_goes_away_and_comes_back_in_its_number_while_lines_are_on_their_way()
    {
        _cluster.Recorded("20-stores apps/v1 StatefulSet monitoring loki-write");
        var result = await RunAsync("loki-outage", "--duration", "7", "--rate", "100");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        _cluster.AssertOrder(
            "{\"lines\":1000}",
            "scale statefulset/loki-write --replicas=0",
            "sleep 7",
            "scale statefulset/loki-write --replicas=3",
            "rollout status StatefulSet.apps/loki-write",
            "{\"lines\":1000}");
        Assert.Contains("{\"lines\":3700,\"rate\":100,\"timeout\":\"30m\"}", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains("ok      3700 lines sent before, through and after it: none missing, none twice", result.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_line_is_a_failure()
    {
        _cluster.Recorded("20-stores apps/v1 StatefulSet monitoring loki-write");
        Curl("{\"passed\":false,\"missing\":2}");
        var result = await RunAsync("loki-outage");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("FAILED  18000 lines sent before, through and after it\n{\"passed\":false,\"missing\":2}", result.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_ends_it_the_part_comes_back()
    {
        _cluster.Recorded("20-stores apps/v1 StatefulSet monitoring loki-write");
        _cluster.Path.Add("sleep", $"[[ $1 != 60 ]] || kill -TERM $PPID; {Instant}");
        var result = await RunAsync("loki-outage");

        Assert.NotEqual(0, result.ExitCode);
        _cluster.AssertOrder("scale statefulset/loki-write --replicas=0", "scale statefulset/loki-write --replicas=3");
    }

    [Fact]
    public async Task A_stack_that_is_not_healthy_is_left_alone()
    {
        _cluster.Path.Add("curl", "case $* in *--version*) echo 'curl 8.5.0' ;; *) exit 22 ;; esac");
        var result = await RunAsync("kafka-restart");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the stack is not healthy before the fault", result.Error, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task A_part_that_others_have_cannot_be_taken_away()
    {
        _cluster.Recorded("30-pipeline apps/v1 Deployment default forwarder-deployment");
        var result = await RunAsync("alloy-outage");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the stack has no such part", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cluster.Dispose();

    // The answer to the run that goes through the fault; deploy/verify's own always passes.
    private void Curl(string answer) => _cluster.Path.Add("curl", $$"""
        case $* in
          *--version*) echo 'curl 8.5.0' ;;
          *'"rate"'*) echo '{{answer}}' ;;
          */verify*) echo '{"passed":true}' ;;
          *) echo '"status":"success" "values":[["1","x"]] "result":[] "result":[{}] "status":"OK"' ;;
        esac
        """);

    private Task<ToolResult> RunAsync(params string[] arguments) => _cluster.RunAsync("deploy/chaos", arguments);
}
