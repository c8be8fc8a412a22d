using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
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
    public async Task It_listens_on_port_5102_of_loopback_unless_it_is_told_otherwise()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 5102);
        try
        {
            taken.Start();
        }
        catch (SocketException)
        {
            // Somebody has it: as good.
        }

        var (code, _, error) = await RunAsync(Connections[..2]);

        Assert.Equal(2, code);
        Assert.StartsWith("Failed to bind to address http://127.0.0.1:5102: address already in use", error, StringComparison.Ordinal);
    }

    /// <summary>Images of .NET say so which port a service has.</summary>
    [Fact(Timeout = 60_000)]
    public async Task The_port_that_an_image_tells_goes_before_the_default()
    {
        using var taken = new TcpListener(IPAddress.IPv6Any, 0);
        taken.Server.DualMode = true;
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Environment.SetEnvironmentVariable("ASPNETCORE_HTTP_PORTS", $"{port}");
        try
        {
            var (code, _, error) = await RunAsync(Connections[..2]);

            Assert.Equal(2, code);
            Assert.Contains($":{port}: address already in use", error, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_HTTP_PORTS", null);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task It_tells_its_health_and_its_metrics_where_the_environment_says_until_it_is_stopped()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", address.ToString());
        try
        {
            var running = RunUntilAsync(Connections[..2], stop.Token);
            using var client = new HttpClient { BaseAddress = address };
            while (!await IsAliveAsync(client))
                Assert.False(running.IsCompleted, "it has ended");

            var metrics = await client.GetStringAsync("/metrics", stop.Token);
            await stop.CancelAsync();
            await running;

            Assert.Contains("forwarder_buffered_bytes", metrics, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", null);
        }

        static async Task<bool> IsAliveAsync(HttpClient client)
        {
            try
            {
                using var answer = await client.GetAsync("/alive", TestContext.Current.CancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
                return false;
            }
        }
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
        Assert.Contains("An offset is committed only when every line up to it is stored by Loki or kept as a dead letter.",
            Regex.Replace(output, @"\s+", " "), StringComparison.Ordinal);
        Assert.Contains("--urls <URLS>", output, StringComparison.Ordinal);
        Assert.Contains("where health and metrics are (default http://127.0.0.1:5102)", output, StringComparison.Ordinal);
        Assert.All(["--kafka", "--loki", "Consumer:Config", "Producer:Config"],
            part => Assert.Contains(part, output, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_short_option_is_named_as_it_was_typed()
    {
        var (code, _, error) = await RunAsync([Connections[0], Connections[2], "--loki", "loki:3100"]);

        Assert.Equal(2, code);
        Assert.StartsWith("--loki is 'loki:3100'", error, StringComparison.Ordinal);
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

    private static Task<(int Code, string Output, string Error)> RunAsync(string[] args) =>
        RunUntilAsync(args, TestContext.Current.CancellationToken);

    private static async Task<(int Code, string Output, string Error)> RunUntilAsync(string[] args, CancellationToken stop)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var newOutput = new StringWriter();
        using var newError = new StringWriter();
        try
        {
            Console.SetOut(newOutput);
            Console.SetError(newError);
            return (await ForwarderCommand.RunAsync(args, newOutput, newError, stop), newOutput.ToString(), newError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
