using Confluent.Kafka;
using Observability.ServiceDefaults.Cli;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>
/// What is compiled ahead of time has no code but what the compiler saw a use for. So all that reads by reflection runs here: settings,
/// the client's configuration, metrics, logs.
/// </summary>
/// <param name="programs">The programs.</param>
public sealed class AheadOfTimeTests(AheadOfTimePrograms programs) : IClassFixture<AheadOfTimePrograms>
{
    [Fact(Timeout = 120_000)]
    public async Task A_Forwarder_compiled_ahead_of_time_keeps_the_promise_of_one_that_is_not()
    {
        AheadOfTimePrograms.SkipWithout();
        await using var stack = await Stack.StartAsync();
        stack.Settings["Forwarder:TopicDefaults:test-logs:service"] = "default-of-the-topic";
        using var forwarder = ServiceProcess.StartProgram(programs["Forwarder"], stack.Settings);

        using var verify = ServiceProcess.StartProgram(programs["LogGenerator"], [], stack.VerifyArguments(lines: 2000, rate: 2000));
        await Stack.PassesAsync(verify);
        await stack.ProduceAsync(Stack.Topic, "a line of text");
        await stack.ProduceAsync(Stack.Topic, new Message<byte[], byte[]> { Key = "k"u8.ToArray(), Value = [] });
        Assert.Equal(
            "a line of text", Assert.Single(await stack.WaitForLinesAsync("""{service="default-of-the-topic"}""", 1)).Line);
        await Stack.UntilAsync(async () => (await stack.ReadAsync(Stack.DeadLetters)).Count == 1);

        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(new Uri(forwarder.Address, "metrics"), TestContext.Current.CancellationToken);
        Assert.Contains("forwarder_stored_lines_total{", metrics, StringComparison.Ordinal);
        var health = await client.GetStringAsync(new Uri(forwarder.Address, "health"), TestContext.Current.CancellationToken);
        Assert.StartsWith("Healthy", health, StringComparison.Ordinal);

        Assert.Equal(0, await forwarder.StopAsync(TestContext.Current.CancellationToken));
        Assert.Equal(stack.Loki.Store.StoredLines + 1, await stack.CommittedAsync(Stack.Topic));
        Assert.All(
            forwarder.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("{\"timestamp\":", line, StringComparison.Ordinal));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Forwarder:Batch:MaxAge", "soon")]
    [InlineData("Forwarder:Batch:Age", "1s")]
    [InlineData("Aspire:Confluent:Kafka:Consumer:Config:AutoOffsetReset", "first")]
    public async Task It_refuses_what_is_no_setting(string setting, string value)
    {
        AheadOfTimePrograms.SkipWithout();
        using var forwarder = ServiceProcess.StartProgram(
            programs["Forwarder"],
            new Dictionary<string, string?> { [setting] = value },
            "--kafka", "127.0.0.1:1", "--loki", "http://127.0.0.1:1");

        Assert.Equal(ExitCode.Usage, await forwarder.WaitAsync(TestContext.Current.CancellationToken));
        var line = Assert.Single(forwarder.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(setting.Replace(":", "__", StringComparison.Ordinal), line, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Forwarder", "Forwarder:Batch:MaxAge")]
    [InlineData("LogGenerator", "LogGenerator:Sinks")]
    public async Task Its_help_names_the_settings(string project, string setting)
    {
        AheadOfTimePrograms.SkipWithout();
        using var program = ServiceProcess.StartProgram(programs[project], [], "--help");

        Assert.Equal(0, await program.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Contains(setting, program.Output, StringComparison.Ordinal);
    }
}
