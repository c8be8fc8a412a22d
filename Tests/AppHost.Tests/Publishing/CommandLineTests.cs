using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using k8s;
using Observability.AppHost.Ports;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>AppHost as a process: what it says, and how it ends.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chart-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Publishing_writes_a_chart_and_succeeds()
    {
        var output = Path.Combine(_directory, "out");
        var (exitCode, _, error) = await RunAsync("--operation", "publish", "--step", "publish", "--output-path", output);
        Assert.True(exitCode == 0, error);
        Assert.True(File.Exists(Path.Combine(output, "Chart.yaml")));
    }

    [Fact]
    public async Task Publishing_goes_by_its_own_arguments_not_by_those_of_the_publish_before()
    {
        foreach (var servers in (string[])["first:9092", "second:9093", "first:9092"])
        {
            var output = Path.Combine(_directory, "out");
            var (exitCode, _, error) = await RunAsync("--operation", "publish", "--step", "publish", "--output-path", output,
                $"--Parameters:kafka-bootstrap-servers={servers}");
            Assert.True(exitCode == 0, error);
            var values = KubernetesYaml.Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, string>>>>(
                await File.ReadAllTextAsync(Path.Combine(output, "values.yaml"), TestContext.Current.CancellationToken));
            Assert.Equal(servers, values["config"]["forwarder"]["kafka_bootstrap_servers"]);
        }
    }

    [Fact]
    public async Task Publishing_where_nothing_can_be_written_ends_with_one_line()
    {
        var file = Path.Combine(_directory, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var (exitCode, output, error) = await RunAsync("--operation", "publish", "--step", "publish", "--output-path",
            Path.Combine(file, "out"));
        Assert.Equal(1, exitCode);
        Assert.StartsWith("Nothing was published: ", error, StringComparison.Ordinal);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_ends_it_with_one_line()
    {
        var (exitCode, _, error) = await RunAsync("--Stack:ForwarderReplicas=none");
        Assert.Equal(2, exitCode);
        Assert.Equal("--Stack:ForwarderReplicas is 'none': it must be a whole number from 1 to 32", error.Trim());
    }

    [Fact]
    public async Task A_setting_that_nobody_reads_ends_it_with_the_nearest_name()
    {
        var (exitCode, _, error) = await RunAsync("--Stack:Container=false");
        Assert.Equal(2, exitCode);
        Assert.Equal("--Stack:Container is no setting: did you mean Stack:Containers?", error.Trim());
    }

    [Fact]
    public async Task A_taken_port_ends_it_with_one_line_before_anything_starts()
    {
        using var foreign = new TcpListener(IPAddress.Loopback, 0);
        foreign.Start();
        var port = ((IPEndPoint)foreign.LocalEndpoint).Port;
        var (exitCode, output, error) = await RunAsync(
        [
            "--Stack:Containers=false", "--Stack:Programs:Prometheus=none", "--Stack:Programs:Grafana=none",
            "--ASPNETCORE_URLS=http://localhost:0", "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true", $"--Stack:Ports:Loki={port}",
            .. FreePorts(),
        ]);
        Assert.Equal(2, exitCode);
        Assert.Equal(
            $"Port {port} of loki is taken: stop what listens there, or choose another with --Stack:Ports:Loki=PORT", error.Trim());
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_service_of_ones_own_is_no_part_of_the_chart()
    {
        var project = Path.Combine(_directory, "Shop.csproj");
        await File.WriteAllTextAsync(project, "<Project/>", TestContext.Current.CancellationToken);
        var (exitCode, _, error) = await RunAsync(
            "--operation", "publish", "--step", "publish", "--output-path", Path.Combine(_directory, "out"),
            $"--Stack:Projects:shop={project}");
        Assert.Equal(2, exitCode);
        Assert.Equal("Stack:Projects is for a run: the chart holds this stack's own services alone", error.Trim());
    }

    [Fact]
    public async Task Help_names_every_setting()
    {
        var (exitCode, output, _) = await RunAsync("--help");
        Assert.Equal(0, exitCode);
        Assert.Contains("Stack:Containers", output, StringComparison.Ordinal);
        Assert.Contains("--operation publish", output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> FreePorts() => new[] { "Kafka", "Alloy", "OtlpGrpc", "OtlpHttp" }
        .Select(name => $"--Stack:Ports:{name}={LocalPort.FindFree()}");

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(Projects.AppHost).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
