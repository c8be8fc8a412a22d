using System.Net;
using System.Net.Sockets;
using Observability.AllInOne.Cli;

namespace Observability.AllInOne.Tests.Host;

public sealed class AllInOneCommandTests
{
    private static readonly string[] Ports = ["--port", "--kafka-port", "--otlp-port", "--otlp-grpc-port"];

    [Theory]
    [InlineData("--port is '65536': it must be a whole number from 0 to 65535", "--port", "65536")]
    [InlineData("--kafka-port is 'x'", "--kafka-port", "x")]
    [InlineData("--otlp-port is '-1'", "--otlp-port", "-1")]
    [InlineData("--otlp-grpc-port is 'grpc'", "--otlp-grpc-port", "grpc")]
    [InlineData("--kafka is not set: it must be the bootstrap servers of Kafka, such as 127.0.0.1:9092", "collector")]
    [InlineData("--partitions is '0'", "--partitions", "0")]
    [InlineData("--store-bytes is '12'", "--store-bytes", "12")]
    [InlineData("--duration is 'soon'", "--duration", "soon")]
    [InlineData("--rate is 'fast'", "--rate", "fast")]
    [InlineData("--pattern is 'zigzag'", "--pattern", "zigzag")]
    [InlineData("'--nonsense'. See --help.", "--nonsense")]
    [InlineData("--Forwarder:MaxStreams is 'many': it must be a whole number from 1 to 1000000",
        "--Forwarder:MaxStreams=many")]
    [InlineData("--Forwarder:Topic is no setting: did you mean Forwarder:Topics?", "--Forwarder:Topic=x")]
    [InlineData("--AllInOn:Port is no setting: did you mean AllInOne:…?", "--AllInOn:Port=5")]
    public async Task A_wrong_option_is_one_line_and_exit_code_2(string named, params string[] args)
    {
        // No port of this machine decides; the role of one part has not all of these options.
        var ports = args[0] == "collector" ? [] : Ports.Except(args).SelectMany(option => new[] { option, "0" });
        var (exit, error) = await RunAsync([.. args, .. ports]);

        Assert.Equal(2, exit);
        Assert.Contains(named, Assert.Single(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--kafka-port")]
    [InlineData("--otlp-port")]
    [InlineData("--otlp-grpc-port")]
    public async Task A_port_in_use_is_one_line_and_exit_code_2(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exit, error) = await RunAsync(
            [option, $"{port}", .. Ports.Where(other => other != option).SelectMany(other => new[] { other, "0" })]);

        Assert.Equal(2, exit);
        Assert.Contains($"127.0.0.1:{port}", Assert.Single(error), StringComparison.Ordinal);
        Assert.Contains($"choose another with {option},", error[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_option()
    {
        using StringWriter output = new(), error = new();

        Assert.Equal(0, await AllInOneCommand.RunAsync(["--help"], output, error,
            cancellationToken: TestContext.Current.CancellationToken));

        Assert.All(
            ["--rate", "--pattern", "--port", "--kafka-port", "--otlp-port", "--otlp-grpc-port", "--sinks", "--partitions", "--store-bytes",
                "--duration", "--no-generator", "--no-forwarder"],
            option => Assert.Contains(option, output.ToString(), StringComparison.Ordinal));
    }

    private static async Task<(int Exit, string[] Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var exit = await AllInOneCommand.RunAsync(args, output, error, _ => Assert.Fail("It started."),
            TestContext.Current.CancellationToken);
        return (exit, error.ToString().TrimEnd().Split('\n'));
    }
}
