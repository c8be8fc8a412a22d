namespace Observability.Deploy.Tests.Scripts;

public sealed class PreflightTests
{
    [Fact]
    public async Task Every_missing_tool_is_named_with_the_way_to_get_it()
    {
        using var path = new PathOfStubs();
        var result = await Tool.RunAsync("deploy/up", [], path.Environment);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(
            """
            kubectl: not installed; get 1.34 or newer: https://kubernetes.io/docs/tasks/tools/
            helm: not installed; get 3.18 or newer: https://helm.sh/docs/intro/install/
            dotnet: not installed; get 10.0 or newer: https://dotnet.microsoft.com/download/dotnet/10.0
            docker: not installed; get 24.0 or newer: https://docs.docker.com/engine/install/
            k3d: not installed; get 5.8 or newer: https://k3d.io/stable/#installation
            deploy/up: 5 of the tools above must be put right first

            """,
            result.Error);
    }

    [Fact]
    public async Task Every_tool_that_is_too_old_is_named_with_its_version()
    {
        using var path = new PathOfStubs();
        path.Add("kubectl", "echo 'Client Version: v1.30.2'");
        path.Add("helm", "echo 'v3.9.0+g7ceeda6'");
        path.Add("dotnet", "echo 8.0.404");
        path.Add("docker", "echo 20.10.24");
        path.Add("k3d", "echo 'k3d version v5.4.6'");
        var result = await Tool.RunAsync("deploy/up", [], path.Environment);

        Assert.Equal(1, result.ExitCode);
        foreach (var found in (string[])["kubectl: 1.30.2 is", "helm: 3.9.0 is", "dotnet: 8.0.404 is", "docker: 20.10.24 is",
            "k3d: 5.4.6 is"])
            Assert.Contains(found + " too old", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_does_not_answer_is_not_taken_for_an_old_one()
    {
        using var path = new PathOfStubs();
        path.Add("docker", "exit 1");
        path.Add("k3d", "echo 'k3d version v5.9.0'");
        var result = await Tool.RunAsync("deploy/down", [], path.Environment);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("docker: installed, but its daemon does not answer", result.Error, StringComparison.Ordinal);
    }
}
