using System.Diagnostics;
using Observability.LogGenerator.Cli;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Cli;

public class RunCommandTests
{
    [Fact(Timeout = 60_000)]
    public async Task It_ends_with_0_after_its_lines_and_sums_up()
    {
        var run = await CommandRun.RunAsync("--lines", "500", "--rate", "100000", "--seed", "1", "--sink", "stdout");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(500, run.Output.Count(character => character == '\n'));
        Assert.Contains("500 lines", run.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_for_output_and_errors_alike_keeps_both_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It takes a POSIX shell.");
        var file = Path.GetTempFileName();
        try
        {
            var program = typeof(LogGeneratorCommand).Assembly.Location;
            using var shell = Process.Start("sh", ["-c",
                $"{{ echo before; dotnet '{program}' --lines 50 --rate 100000 --sink stdout --urls http://127.0.0.1:0; }} >'{file}' 2>&1"]);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

            var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
            Assert.Equal("before", lines[0]);
            Assert.StartsWith("50 lines", lines[^1], StringComparison.Ordinal);
            Assert.Equal(50, lines[1..^1].Count(line => !line.Contains("\"category\":\"", StringComparison.Ordinal)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task It_ends_after_its_duration_with_the_lines_of_that_time()
    {
        var run = await CommandRun.RunAsync("run", "--duration", "200ms", "--rate", "1000", "--sink", "stdout");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(200, run.Output.Count(character => character == '\n'));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_feed_within_a_line_does_not_cut_it()
    {
        var run = await CommandRun.RunAsync("run", "--lines", "2000", "--rate", "1000000", "--pattern", "error-storm", "--seed", "5",
            "--sink", "stdout");

        Assert.Contains("""has no rows\n	at com.example""", run.Output, StringComparison.Ordinal);
        Assert.Equal(2_000, run.Output.Count(character => character == '\n'));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--rate is 'x'", "--rate", "x")]
    [InlineData("--pattern is 'x'", "run", "--pattern", "x")]
    [InlineData("Unrecognized command or argument 'x'. See --help.", "x")]
    [InlineData("--lines is '0': it must be a whole number from 1", "verify", "--lines", "0")]
    [InlineData("--run-id is 'a b'", "verify", "--run-id", "a b")]
    [InlineData("--loki is 'nowhere': it must be the http or https URL of Loki", "verify", "--loki", "nowhere")]
    [InlineData(
        "--sink is 'otlp', which needs the http or https URL of an OTLP receiver, such as http://127.0.0.1:4318: give it with --otlp",
        "verify", "--sink", "otlp")]
    [InlineData("--sink is 'otlp', which needs", "run", "--sink", "kafka,otlp")]
    [InlineData("--kafka is not set: it must be the bootstrap servers of Kafka, such as 127.0.0.1:9092", "--sink", "kafka")]
    [InlineData("--LogGenerator:Rate is '-1': it must be a number from 0.001 to 10000000", "run", "--LogGenerator:Rate=-1")]
    [InlineData("--LogGenerator:Rte is no setting: did you mean LogGenerator:Rate?", "run", "--LogGenerator:Rte=5")]
    [InlineData("--sink is 'file': it must be stdout, kafka or otlp", "verify", "--sink", "file")]
    [InlineData("--urls is 'nonsense': it must be URLs with semicolons between them", "--urls", "http://127.0.0.1:0;nonsense")]
    [InlineData("--ca-file is '/no/such/file': it must be a PEM file that exists", "verify", "--ca-file", "/no/such/file")]
    public async Task A_wrong_argument_is_one_line_and_2(string message, params string[] args)
    {
        var run = await CommandRun.RunAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Empty(run.Output);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--rate", "run", "--help")]
    [InlineData("--max-outstanding", "verify", "--help")]
    [InlineData("verify", "--help")]
    public async Task Help_is_there_for_each_command(string mentioned, params string[] args)
    {
        var run = await CommandRun.RunAsync(args);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(mentioned, run.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_run_that_is_stopped_before_its_end_says_so()
    {
        using var stop = new CancellationTokenSource();
        var running = CommandRun.RunAsync(stop.Token, "--lines", "1000000", "--rate", "10", "--sink", "stdout");
        stop.Cancel();

        Assert.Equal(130, (await running).ExitCode);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("The sink kafka took nothing for 1s: ", "kafka: 0 delivered, 0 failed, 5 not acknowledged", "--sink", "kafka", "--kafka",
        "127.0.0.1:1")]
    [InlineData("The sink otlp took nothing for 1s: http://127.0.0.1:1/v1/logs cannot be reached: Connection refused",
        "otlp: 0 delivered, 0 failed", "--sink", "otlp", "--otlp", "http://127.0.0.1:1")]
    public async Task A_sink_that_cannot_be_reached_ends_the_run_with_3_and_counts_nothing_as_delivered(string reason, string summary,
        params string[] args)
    {
        var run = await CommandRun.RunAsync([.. args, "--lines", "5", "--timeout", "1s"]);

        Assert.Equal(3, run.ExitCode);
        var lines = run.Error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains(summary, lines[0], StringComparison.Ordinal);
        Assert.StartsWith(reason, lines[1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sink_that_breaks_ends_the_run_with_1()
    {
        using var error = new StringWriter();
        var code = await LogGenerator.Cli.LogGeneratorCommand.RunAsync(
            ["--rate", "1000", "--lines", "1000000", "--sink", "stdout"], new LogGenerator.Cli.CommandContext(new BrokenStream(), error),
            TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Contains("The run failed: standard output cannot be written: Broken pipe", error.ToString(), StringComparison.Ordinal);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException("Broken pipe"));
    }
}
