using System.Diagnostics;

namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/verify, with stand-ins for the tools.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly StubbedCluster _cluster = new();

    public VerifyTests()
    {
        _cluster.Path.Add("curl", """
            case $* in
              *--version*) echo 'curl 8.5.0' ;;
              */verify*) echo '{"passed":true}' ;;
              *query_range*) echo '{"status":"success","values":[["1","x"]]}' ;;
              *'up == 0'*) echo '"result":[]' ;;
              *) echo '"result":[{}] "status":"OK"' ;;
            esac
            """);
        _cluster.On("""
            *port-forward*) echo $$ >>"${0%/*}/forwards"; echo 'Forwarding from 127.0.0.1:4711 -> 80'; exec sleep 600 ;;
            """);
    }

    [Fact]
    public async Task No_port_forward_outlives_it()
    {
        // The number that was killed was a shell's, and four kubectl were left at each run.
        var result = await _cluster.RunAsync("deploy/verify");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        var forwards = _cluster.Path.Read("forwards").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(4, forwards.Count);
        foreach (var id in forwards)
            await EndOfAsync(id);
    }

    [Fact]
    public async Task What_was_left_to_others_is_not_asked()
    {
        _cluster.Recorded("30-pipeline apps/v1 Deployment default forwarder-deployment");
        var result = await _cluster.RunAsync("deploy/verify");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Single(_cluster.Path.Read("forwards").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_questions_name_the_stacks_own_namespace()
    {
        await _cluster.RunAsync("deploy/verify", "--context", "production");

        Assert.Contains("query={namespace=\"observability\"}", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains("--namespace observability-monitoring port-forward service/loki-gateway", _cluster.Calls, StringComparison.Ordinal);
    }

    public void Dispose() => _cluster.Dispose();

    // A process that was told to end may take a moment; one that was not is there for ten minutes.
    private static async Task EndOfAsync(int id)
    {
        Process process;
        try
        {
            process = Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return;
        }

        using (process)
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            patience.CancelAfter(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                Assert.Fail($"the port-forward {id} is still there");
            }
        }
    }
}
