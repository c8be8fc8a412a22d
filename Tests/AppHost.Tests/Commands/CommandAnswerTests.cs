using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Commands;

namespace Observability.AppHost.Tests.Commands;

public sealed class CommandAnswerTests
{
    [Fact]
    public async Task A_verification_that_passed_shows_its_report()
    {
        var result = await VerifiedAsync(Answer(HttpStatusCode.OK, Report(passed: true, missing: 0)).Response);
        Assert.True(result.Success);
        Assert.Equal("10,000 of 10,000 lines stored, 0 missing, 0 shown twice", result.Message);
        Assert.True(result.Data!.DisplayImmediately);
        Assert.Equal(CommandResultFormat.Markdown, result.Data.Format);
        Assert.StartsWith("## ✓ Passed: 10,000 of 10,000 lines stored", result.Data.Value, StringComparison.Ordinal);
        Assert.Contains("p95 320 ms", result.Data.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verification_that_found_a_line_missing_is_a_failed_command_though_the_request_was_answered()
    {
        var result = await VerifiedAsync(Answer(HttpStatusCode.OK, Report(passed: false, missing: 3)).Response);
        Assert.False(result.Success);
        Assert.Equal("9,997 of 10,000 lines stored, 3 missing, 0 shown twice", result.Message);
        Assert.StartsWith("## ✗ Failed", result.Data!.Value, StringComparison.Ordinal);
        Assert.Contains("| missing | 3: 7, 100–101 |", result.Data.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_verification_that_could_not_run_says_why()
    {
        var result = await VerifiedAsync(Answer(HttpStatusCode.ServiceUnavailable, "no store", "text/plain").Response);
        Assert.False(result.Success);
        Assert.Equal("Verify: 503 Service Unavailable", result.Message);
        Assert.Equal("no store", result.Data!.Value);
    }

    [Fact]
    public async Task A_refused_request_is_a_failed_command()
    {
        var result = await HttpAnswer.ToResultAsync("Burst",
            Answer(HttpStatusCode.BadRequest, """{"title":"wrong"}""", "application/problem+json"));
        Assert.False(result.Success);
        Assert.Equal("Burst: 400 Bad Request", result.Message);
        Assert.Equal(CommandResultFormat.Json, result.Data!.Format);
    }

    [Fact]
    public async Task What_happened_meanwhile_stands_before_what_the_verification_found()
    {
        var answer = Answer(HttpStatusCode.OK, Report(passed: true, missing: 0)).Response;
        var result = await VerificationAnswer.ToResultAsync(
            answer, "loki was away for 60 s: ", [new("pushes sent again", "12: connection 12")], TestContext.Current.CancellationToken);
        Assert.Equal("loki was away for 60 s: 10,000 of 10,000 lines stored, 0 missing, 0 shown twice", result.Message);
        Assert.Contains("\n| pushes sent again | 12: connection 12 |\n", result.Data!.Value, StringComparison.Ordinal);
    }

    private static Task<ExecuteCommandResult> VerifiedAsync(HttpResponseMessage answer) =>
        VerificationAnswer.ToResultAsync(answer, TestContext.Current.CancellationToken);

    private static string Report(bool passed, int missing) => JsonSerializer.Serialize(new
    {
        runId = "r1",
        passed,
        lines = 10000,
        sent = 10000,
        stored = 10000 - missing,
        missing,
        duplicated = 0,
        outOfOrder = 0,
        firstMissing = missing == 0 ? [] : new[] { new { first = 7, last = 7 }, new { first = 100, last = 101 } },
        latency = new { p50Ms = 200.4, p95Ms = 320.0, p99Ms = 400.0, maxMs = 410.0 },
        sendSeconds = 1.0,
        totalSeconds = 2.5,
    });

    private static HttpCommandResultContext Answer(HttpStatusCode status, string body, string type = "application/json") => new()
    {
        Services = new ServiceCollection().BuildServiceProvider(),
        ResourceName = "log-generator",
        Endpoint = new EndpointReference(new ContainerResource("log-generator"), "http"),
        CancellationToken = TestContext.Current.CancellationToken,
        HttpClient = new HttpClient(),
        Response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) },
    };
}
