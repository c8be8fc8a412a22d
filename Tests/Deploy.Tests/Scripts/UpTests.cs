namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/up for good, with stand-ins for the tools.</summary>
public sealed class UpTests : IDisposable
{
    // kubectl for a cluster that an earlier deploy/up made: everything is there but Traefik.
    private const string MadeBefore = "case $* in *helmchart/traefik*) exit 1 ;; *'version --client'*) echo v1.35.2 ;; esac; cat >/dev/null";

    private readonly PathOfStubs _path = new();

    public UpTests()
    {
        _path.Add("docker", "echo 28.0.1");
        _path.Add("k3d", "case $1 in version) echo 'k3d version v5.9.0' ;; esac");
        // It reads what is piped to it, or the writer might fail.
        _path.Add("helm", "case $1 in version) echo v4.1.4 ;; esac; cat >/dev/null");
        _path.Add("dotnet", "case $1 in --version) echo 10.0.100 ;; run) cd AppHost; mkdir -p \"${@: -1}\" && : >\"${@: -1}/Chart.yaml\" ;; esac");
    }

    [Fact]
    public async Task A_second_run_keeps_the_cluster_and_the_passwords()
    {
        Kubectl(MadeBefore);
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("k3d cluster create", _path.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("create secret", _path.Calls, StringComparison.Ordinal);
        Assert.Contains("http://grafana.local:30080", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_run_makes_passwords_that_no_argument_shows()
    {
        Kubectl("""
            case $* in
              *helmchart/traefik* | *'get secret/'*) exit 1 ;;
              *'version --client'*) echo v1.35.2 ;;
              *'create secret'*) cat >>"${0%/*}/passwords" ;;
              *) cat >/dev/null ;;
            esac
            """);
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("create secret generic grafana-admin --from-literal=admin-user=admin --from-file=admin-password=/dev/stdin", _path.Calls, StringComparison.Ordinal);
        Assert.Contains("create secret generic object-store --from-literal=AWS_ACCESS_KEY_ID=loki --from-file=AWS_SECRET_ACCESS_KEY=/dev/stdin", _path.Calls, StringComparison.Ordinal);

        // 24 random bytes each, in base64.
        var passwords = _path.Read("passwords").Chunk(32).Select(characters => new string(characters)).ToList();
        Assert.Equal(2, passwords.Distinct().Count());
        Assert.All(passwords, password => Assert.Equal(24, Convert.FromBase64String(password).Length));
        Assert.All(passwords, password => Assert.DoesNotContain(password, _path.Calls + result.Output + result.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cluster_made_for_another_ingress_controller_is_left_alone()
    {
        Kubectl("case $* in *'version --client'*) echo v1.35.2 ;; esac");
        var result = await RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the cluster was made for --ingress traefik; to change to nginx run deploy/down first", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publish_that_writes_nothing_is_a_failure()
    {
        Kubectl(MadeBefore);
        _path.Add("dotnet", "case $1 in --version) echo 10.0.100 ;; esac");
        var result = await RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"AppHost published no chart into {Repository.PathOf("artifacts/deploy/chart")}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chart_that_does_not_become_healthy_ends_the_run()
    {
        Kubectl(MadeBefore);
        _path.Add("helm", "case $* in version*) echo v4.1.4 ;; *strimzi*) echo 'Error: context deadline exceeded' >&2; exit 1 ;; esac; cat >/dev/null");
        var result = await RunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("context deadline exceeded", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("helm upgrade --install loki", _path.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kafka_comes_back_as_the_one_whose_volumes_are_there()
    {
        Kubectl("""
            case $* in
              *helmchart/traefik* | *'get kafka/kafka') exit 1 ;;
              *'version --client'*) echo v1.35.2 ;;
              *'get persistentvolumeclaim'*) echo '5L6g3nShT-eMCtK--X86sw 5L6g3nShT-eMCtK--X86sw' ;;
              *) cat >/dev/null ;;
            esac
            """);
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        var patch = _path.Calls.IndexOf("patch kafka kafka --subresource=status --type=merge --patch {\"status\":{\"clusterId\":\"5L6g3nShT-eMCtK--X86sw\"}}", StringComparison.Ordinal);
        Assert.InRange(patch, 0, _path.Calls.IndexOf("helm upgrade --install strimzi", StringComparison.Ordinal));
    }

    public void Dispose() => _path.Dispose();

    private void Kubectl(string script) => _path.Add("kubectl", script);

    private Task<ToolResult> RunAsync() => Tool.RunAsync("deploy/up", [], _path.Environment);
}
