using System.Net;
using System.Net.Sockets;
using Observability.Forwarder.Cli;

namespace Observability.Forwarder.Tests.Cli;

[Collection(nameof(OneConsole))]
public sealed class ForwarderCommandTests
{
    private static readonly string[] Connections = ["--ConnectionStrings:kafka=127.0.0.1:1", "--ConnectionStrings:loki=http://127.0.0.1:1",
        "--urls=http://127.0.0.1:0"];

    [Theory(Timeout = 60_000)]
    [InlineData("--Forwarder:MaxStreams=0", "--Forwarder:MaxStreams is '0': it must be a whole number from 1 to 1000000")]
    [InlineData("--Forwarder:Formats:test-logs=xml",
        "--Forwarder:Formats:test-logs is 'xml': it must be one of auto, otlp-protobuf, otlp-json, json, json-array, logfmt or text")]
    [InlineData("--Forwarder:Batch:MaxLines=many", "--Forwarder:Batch:MaxLines is 'many': it must be a whole number from 1 to 1000000")]
    [InlineData("--Forwarder:Batch:MaxAge=soon",
        "--Forwarder:Batch:MaxAge is 'soon': it must be a duration from 1ms to 1m, such as 500ms, 30s, 5m, 1h or 00:00:30")]
    [InlineData("--Forwarder:Topic=x", "--Forwarder:Topic is no setting: did you mean Forwarder:Topics?")]
    [InlineData("--ConnectionStrings:kafka=", "--kafka is not set: it must be the bootstrap servers of Kafka, such as 127.0.0.1:9092")]
    [InlineData("--ConnectionStrings:loki=loki:3100",
        "--ConnectionStrings:loki is 'loki:3100': it must be the http or https URL of Loki, such as http://127.0.0.1:3100")]
    [InlineData("--nonsense", "Unrecognized command or argument '--nonsense'. See --help.")]
    [InlineData("nonsense", "Unrecognized command or argument 'nonsense'. See --help.")]
    public async Task A_wrong_setting_ends_it_with_2_and_one_line_that_says_what_is_wrong_and_nothing_else(string argument, string expected)
    {
        var (code, output, error) = await RunAsync([.. Connections, argument]);

        Assert.Equal((2, "", expected), (code, output, error.TrimEnd()));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_setting_of_the_environment_is_named_as_the_variable()
    {
        Environment.SetEnvironmentVariable("Forwarder__MaxStreams", "0");
        try
        {
            var (code, output, error) = await RunAsync(Connections);

            Assert.Equal((2, "", "Forwarder__MaxStreams is '0': it must be a whole number from 1 to 1000000"),
                (code, output, error.TrimEnd()));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Forwarder__MaxStreams", null);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_port_in_use_ends_it_with_2_and_one_line_that_names_the_setting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var (code, output, error) = await RunAsync([.. Connections[..2], $"--urls={url}"]);

        Assert.Equal((2, $"Failed to bind to address {url}: address already in use: choose another with --urls http://127.0.0.1:PORT"),
            (code, error.TrimEnd()));
        Assert.DoesNotContain("address already in use", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Help_lists_the_settings_and_the_commands()
    {
        var (code, output, _) = await RunAsync(["--help"]);

        Assert.Equal(0, code);
        Assert.Contains($"  {"Forwarder:Batch:MaxAge",-40}  how long the first line of a push waits for more;", output,
            StringComparison.Ordinal);
        Assert.Contains("[500ms]", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.Contains("replay-dead-letters", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Replaying_says_what_it_takes()
    {
        var (code, output, _) = await RunAsync(["replay-dead-letters", "--help"]);

        Assert.Equal(0, code);
        Assert.Contains("Sends dead letters to the topics they came from", output, StringComparison.Ordinal);
        Assert.Matches("--limit <N> +dead letters to replay at the most", output);
        Assert.Matches("--dry-run +only count them", output);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--nonsense", "Unrecognized command or argument '--nonsense'. See --help.")]
    [InlineData("--limit=many", "Cannot parse argument 'many' for option '--limit' as expected type 'System.Int64'. See --help.")]
    [InlineData("--Forwarder:GroupIp=x", "--Forwarder:GroupIp is no setting: did you mean Forwarder:GroupId?")]
    public async Task Replaying_refuses_what_it_does_not_know(string argument, string expected)
    {
        var (code, output, error) = await RunAsync(["replay-dead-letters", argument]);

        Assert.Equal((2, "", expected), (code, output, error.TrimEnd()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Replaying_says_that_no_broker_answers_with_3()
    {
        var (code, output, error) = await RunAsync(["replay-dead-letters", "--kafka", "127.0.0.1:1"]);

        Assert.Equal((3, ""), (code, output));
        Assert.StartsWith("The broker at 127.0.0.1:1 cannot be reached: ", Assert.Single(error.TrimEnd().Split('\n')),
            StringComparison.Ordinal);
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
            return (await ForwarderCommand.RunAsync(args, newOutput, newError, TestContext.Current.CancellationToken), newOutput.ToString(),
                newError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
