using System.Net;
using System.Net.Sockets;
using Observability.AllInOne.Cli;

namespace Observability.AllInOne.Tests.Host;

public sealed class AllInOneCommandTests
{
    [Theory]
    [InlineData("AllInOne:Port is '65536'", "--port", "65536", "--kafka-port", "0")]
    [InlineData("AllInOne:KafkaPort is 'x'", "--port", "0", "--kafka-port", "x")]
    [InlineData("AllInOne:Partitions is '0'", "--port", "0", "--kafka-port", "0", "--partitions", "0")]
    [InlineData("AllInOne:StoreBytes is '12'", "--port", "0", "--kafka-port", "0", "--store-bytes", "12")]
    [InlineData("AllInOne:Duration is 'soon'", "--port", "0", "--kafka-port", "0", "--duration", "soon")]
    [InlineData("LogGenerator:Rate is 'fast'", "--port", "0", "--kafka-port", "0", "--rate", "fast")]
    [InlineData("LogGenerator:Pattern is 'zigzag'", "--port", "0", "--kafka-port", "0", "--pattern", "zigzag")]
    [InlineData("--nonsense", "--nonsense")]
    public async Task A_wrong_option_is_one_line_and_exit_code_2(string named, params string[] args)
    {
        var (exit, error) = await RunAsync(args);

        Assert.Equal(2, exit);
        Assert.Contains(named, Assert.Single(error), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "--kafka-port")]
    [InlineData("--kafka-port", "--port")]
    public async Task A_port_in_use_is_one_line_and_exit_code_1(string option, string other)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exit, error) = await RunAsync(option, $"{port}", other, "0");

        Assert.Equal(1, exit);
        Assert.Contains($"127.0.0.1:{port}", Assert.Single(error), StringComparison.Ordinal);
        Assert.Contains($"another port with {option},", error[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_every_option()
    {
        using StringWriter output = new(), error = new();

        Assert.Equal(0, await AllInOneCommand.RunAsync(["--help"], output, error, cancellationToken: TestContext.Current.CancellationToken));

        Assert.All(
            ["--rate", "--pattern", "--port", "--kafka-port", "--partitions", "--store-bytes", "--duration", "--no-generator", "--no-forwarder"],
            option => Assert.Contains(option, output.ToString(), StringComparison.Ordinal));
    }

    private static async Task<(int Exit, string[] Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var exit = await AllInOneCommand.RunAsync(args, output, error, _ => Assert.Fail("It started."), TestContext.Current.CancellationToken);
        return (exit, error.ToString().TrimEnd().Split('\n'));
    }
}
