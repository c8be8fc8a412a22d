using System.Net;
using System.Net.Sockets;
using Observability.Forwarder.Cli;

namespace Observability.Forwarder.Tests.Cli;

[Collection(nameof(OneConsole))]
public sealed class ForwarderCommandTests
{
    private static readonly string[] Connections = ["--ConnectionStrings:kafka=127.0.0.1:1", "--ConnectionStrings:loki=http://127.0.0.1:1", "--urls=http://127.0.0.1:0"];

    [Theory(Timeout = 60_000)]
    [InlineData("--Forwarder:MaxStreams=0", "Forwarder:MaxStreams is '0': it must be 1 to 1000000")]
    [InlineData("--Forwarder:Formats:test-logs=xml", "Forwarder:Formats:test-logs is 'xml': it must be auto, otlp-protobuf, otlp-json, json, logfmt or text")]
    [InlineData("--Forwarder:Batch:MaxLines=many", "Failed to convert configuration value 'many' at 'Forwarder:Batch:MaxLines' to type 'System.Int32'. Forwarder:Batch:MaxLines: Lines of a push: 1 to 1000000")]
    [InlineData("--ConnectionStrings:kafka=", "ConnectionStrings:kafka is not set: it must be the bootstrap servers of Kafka, such as 127.0.0.1:9092")]
    [InlineData("--ConnectionStrings:loki=loki:3100", "ConnectionStrings:loki is 'loki:3100': it must be the http or https URL of Loki, such as http://127.0.0.1:3100")]
    [InlineData("--nonsense", "'--nonsense' is no option, and a setting looks like --Forwarder:GroupId=name. See --help.")]
    [InlineData("nonsense", "'nonsense' is no option, and a setting looks like --Forwarder:GroupId=name. See --help.")]
    public async Task A_wrong_setting_ends_it_with_2_and_one_line_that_says_what_is_wrong(string argument, string expected)
    {
        var (code, _, error) = await RunAsync([.. Connections, argument]);

        Assert.Equal((2, expected), (code, error.TrimEnd()));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_port_in_use_ends_it_with_2_and_one_line_that_names_the_setting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var (code, _, error) = await RunAsync([.. Connections, $"--urls={url}"]);

        Assert.Equal((2, $"Failed to bind to address {url}: address already in use: choose another with --urls=http://127.0.0.1:PORT"), (code, error.TrimEnd()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Help_lists_the_settings_and_the_commands()
    {
        var (code, output, _) = await RunAsync(["--help"]);

        Assert.Equal(0, code);
        Assert.Contains("Forwarder:Batch:MaxAge", output, StringComparison.Ordinal);
        Assert.Contains("replay-dead-letters", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Replaying_says_what_it_takes()
    {
        var (code, output, _) = await RunAsync(["replay-dead-letters", "--help"]);

        Assert.Equal(0, code);
        Assert.Contains("--limit", output, StringComparison.Ordinal);
        Assert.Contains("--dry-run", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Replaying_refuses_what_it_does_not_know()
    {
        var (code, _, error) = await RunAsync(["replay-dead-letters", "--nonsense"]);

        Assert.Equal(2, code);
        Assert.Single(error.TrimEnd().Split(Environment.NewLine));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] args)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var newOutput = new StringWriter();
        using var newError = new StringWriter();
        try
        {
            Console.SetOut(newOutput);
            Console.SetError(newError);
            return (await ForwarderCommand.RunAsync(args, TestContext.Current.CancellationToken), newOutput.ToString(), newError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
