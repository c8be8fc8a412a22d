namespace Observability.Deploy.Tests.Scripts;

public sealed class ScriptTests
{
    private static readonly string[] Commands = ["up", "render", "chaos", "down", "verify", "status", "hosts", "kafka-credentials"];

    public static TheoryData<string> Scripts => [.. Commands.Select(command => $"deploy/{command}")];

    public static TheoryData<string> ScriptsAndLibrary => [.. Scripts.Select(row => row.Data), "deploy/lib.sh", "deploy/stack.sh"];

    [Theory]
    [MemberData(nameof(ScriptsAndLibrary))]
    public async Task Bash_can_read_it(string script)
    {
        var result = await Tool.RunAsync("bash", ["-n", script]);
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [MemberData(nameof(ScriptsAndLibrary))]
    public async Task Shellcheck_finds_nothing(string script)
    {
        Tool.SkipWithout("shellcheck");
        var result = await Tool.RunAsync("shellcheck", ["--external-sources", script]);
        Assert.Equal("", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void It_can_be_run(string script) =>
        Assert.True(File.GetUnixFileMode(Repository.PathOf(script)).HasFlag(UnixFileMode.UserExecute));

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Help_goes_to_standard_output(string script)
    {
        var result = await Tool.RunAsync(script, ["--help"]);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith($"{script}: ", result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task An_unknown_argument_is_named_in_one_line(string script)
    {
        var result = await Tool.RunAsync(script, ["--nonsense"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal($"{script}: unknown argument '--nonsense' (see '{script} --help')\n", result.Error);
    }

    [Theory]
    [InlineData("--ingress is 'apache'; it accepts: nginx traefik none", "--ingress", "apache")]
    [InlineData("--loki is 'huge'; it accepts: simple-scalable monolithic", "--loki", "huge")]
    [InlineData("--values is 'nowhere'; there is no folder deploy/values/nowhere", "--values", "nowhere")]
    [InlineData("--timeout needs a value", "--timeout")]
    [InlineData("--tag needs a value", "--tag", "--dry-run")]
    [InlineData("--values real-cluster needs --context: the overlay is too large for a laptop's cluster", "--values", "real-cluster")]
    [InlineData("--values is './nowhere'; there is no such folder", "--values", "./nowhere")]
    [InlineData("--context needs --registry: the cluster's nodes cannot pull from localhost:5005, which is this machine's", "--values",
        "real-cluster", "--context", "production")]
    [InlineData(
        "--values real-cluster runs Loki in parts; --loki monolithic is the laptop's (deploy/SCALING.md says what comes after "
            + "simple-scalable)", "--context", "production", "--registry", "example.com", "--values", "real-cluster", "--values",
            "monolithic")]
    [InlineData("--namespace needs --context: on this machine's cluster the namespaces are default, kafka and monitoring",
        "--namespace", "mine")]
    [InlineData("--namespace is 'kafka', which is the name of one of the laptop's; choose another", "--namespace", "kafka")]
    [InlineData("--without is 'everything'; it accepts: prometheus=URL loki=URL strimzi grafana alloy ingress", "--without",
        "strimzi,everything")]
    [InlineData("--without loki needs the address of the one that is there: --without loki=http://HOST:PORT", "--without", "loki")]
    [InlineData("--without strimzi takes no address, and is 'strimzi=http://strimzi'", "--without", "strimzi=http://strimzi")]
    [InlineData("--ingress traefik sets up the Traefik that k3s brings; a cluster of your own has its own way", "--context", "production",
        "--registry", "example.com", "--ingress", "traefik")]
    public async Task A_wrong_setting_of_up_is_named_in_one_line(string message, params string[] arguments)
    {
        var result = await Tool.RunAsync("deploy/up", arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal($"deploy/up: {message} (see 'deploy/up --help')\n", result.Error);
    }

    [Theory]
    [InlineData("the fault is ''; it accepts: kafka-restart loki-outage alloy-outage")]
    [InlineData("the fault is 'earthquake'; it accepts: kafka-restart loki-outage alloy-outage", "earthquake")]
    [InlineData("--duration is 'long'; it accepts a whole number from 1 to 999999", "loki-outage", "--duration", "long")]
    public async Task A_wrong_setting_of_chaos_is_named_in_one_line(string message, params string[] arguments)
    {
        var result = await Tool.RunAsync("deploy/chaos", arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"deploy/chaos: {message} (see 'deploy/chaos --help')\n", result.Error);
    }

    [Fact]
    public async Task Hosts_prints_only_the_lines_to_standard_output()
    {
        var result = await Tool.RunAsync("deploy/hosts", ["--address", "10.1.2.3"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("10.1.2.3\tgrafana.local\n10.1.2.3\tprometheus.local\n10.1.2.3\talloy.local\n", result.Output);
    }
}
