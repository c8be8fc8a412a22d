namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/status, with stand-ins for the tools.</summary>
public sealed class StatusTests : IDisposable
{
    private readonly PathOfStubs _path = new();

    [Fact]
    public async Task A_cluster_on_which_up_stopped_early_is_told_about_to_the_end()
    {
        _path.Add("helm", "case $1 in version) echo v4.1.4 ;; esac");
        _path.Add("kubectl", "case $* in *'version --client'*) echo v1.35.2 ;; *kafkatopic* | *'wait kafka'*) echo \"error: the server doesn't have a resource type\" >&2; exit 1 ;; esac");
        var result = await Tool.RunAsync("deploy/status", [], _path.Environment);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\nNot ready\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("See \"When something is wrong\" in deploy/README.md.\n", result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _path.Dispose();
}
