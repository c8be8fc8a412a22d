namespace Observability.Deploy.Tests.Scripts;

/// <summary>What the scripts would do, against snapshots that a person has read. <c>UPDATE_SNAPSHOTS=1</c> writes them anew.</summary>
public sealed class DryRunTests
{
    [Theory]
    [InlineData("up", "up", "--tag", "TAG")]
    [InlineData("up-with-options", "up", "--tag", "TAG", "--ingress", "traefik", "--loki", "monolithic", "--kafka-auth", "--timeout", "5m",
        "--aot")]
    [InlineData("up-real-cluster", "up", "--tag", "TAG", "--values", "real-cluster", "--context", "production", "--registry",
        "registry.example.com/team")]
    [InlineData("render", "render", "--tag", "TAG")]
    [InlineData("render-real-cluster", "render", "--tag", "TAG", "--values", "real-cluster", "--registry", "registry.example.com/team",
        "--namespace", "observability")]
    [InlineData("chaos", "chaos", "alloy-outage", "--duration", "30")]
    [InlineData("down", "down")]
    [InlineData("down-real-cluster", "down", "--context", "production")]
    [InlineData("status", "status")]
    [InlineData("verify", "verify", "--lines", "1000")]
    public async Task A_dry_run_prints_each_command_and_runs_none(string snapshot, string script, params string[] arguments)
    {
        // No tool but the shell's own is on the path, so a command that ran would fail.
        using var path = new PathOfStubs();
        var result = await Tool.RunAsync("bash", ["-c", """exec 2>&1; script=$1; shift; "$script" "$@" --dry-run""", "bash",
            $"deploy/{script}", .. arguments], path.Environment);

        Assert.Equal(0, result.ExitCode);
        Snapshot.Check(snapshot, result.Output.Replace(Repository.Root, "ROOT", StringComparison.Ordinal));
    }
}
