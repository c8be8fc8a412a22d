using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Observability.AllInOne.Cli;
using Observability.AllInOne.Scenarios;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.AllInOne.Tests.Scenarios;

public sealed class AlloyKafkaScenarioTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Nothing_is_lost_while_Kafka_is_away_under_load_and_its_return_is_seen()
    {
        var fault = new Fault("away", TimeSpan.FromSeconds(2)) { AwayAt = TimeSpan.FromSeconds(0.5), AwayFor = TimeSpan.FromSeconds(1) };

        var result = await Scenario(new ScenarioSettings { Rate = 1000 }).RunAsync(fault, null, Token);

        Assert.Equal((2000, 0), (result.Lines, result.Lost));
        Assert.NotNull(result.FirstAfter);
        Assert.StartsWith("200", result.SendersSaw, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_receiver_acknowledges_and_does_not_write_counts_as_lost()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var careless = builder.Build();
        careless.MapPost("/v1/logs", () => Results.Bytes([], "application/x-protobuf"));
        await careless.StartAsync(Token);
        using var broker = EmbeddedKafkaBroker.Start(TopicReader.Broker(0));

        var result = await Scenario(new ScenarioSettings { Rate = 1000, Otlp = new Uri(careless.Urls.Single()) })
            .RunAsync(new Fault("none", TimeSpan.FromSeconds(0.5)), broker, Token);

        Assert.Equal((500, 500, 0, "200 only"), (result.Lines, result.Lost, result.Twice, result.SendersSaw));
        Assert.Null(result.FirstAfter);
    }

    [Theory]
    [InlineData("NAME is 'nonsense': it must be alloy-kafka", "scenario", "nonsense")]
    [InlineData("--outage is '0s'", "scenario", "alloy-kafka", "--outage", "0s")]
    [InlineData("Scenario:KafkaPort is '0': it must be a port where a receiver is given", "scenario", "alloy-kafka", "--otlp",
        "http://127.0.0.1:4318")]
    public async Task A_wrong_option_is_one_line_and_exit_code_2(string named, params string[] args)
    {
        using StringWriter output = new(), error = new();

        Assert.Equal(2, await AllInOneCommand.RunAsync(args, output, error, cancellationToken: Token));

        Assert.Contains(named, Assert.Single(error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    // Long enough for what comes, and no longer: a test waits for it where nothing comes.
    private static AlloyKafkaScenario Scenario(ScenarioSettings settings) =>
        new(settings, TextWriter.Null,
            TimeProvider.System)
        { Quiet = settings.Otlp is null ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1) };
}
