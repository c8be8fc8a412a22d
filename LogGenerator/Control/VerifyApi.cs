using Microsoft.AspNetCore.Http.HttpResults;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Telemetry;
using Observability.LogGenerator.Verification;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Control;

/// <summary>The HTTP API that verifies the pipeline.</summary>
internal static class VerifyApi
{
    /// <summary>Where the API is.</summary>
    public const string Path = "/verify";

    // A verification whose asker has gone takes a moment to end.
    private static readonly TimeSpan EndOfOther = TimeSpan.FromSeconds(5);

    public static void MapVerifyApi(this WebApplication app)
    {
        app.MapGet(Path, (RunningTotals totals) => totals.Now)
            .WithTags("Verify")
            .WithName("GetVerification")
            .WithSummary("What the service's own verification has found since it started.");
        app.MapPost(Path, VerifyAsync)
            .WithTags("Verify")
            .WithName("Verify")
            .WithSummary("Sends numbered lines, reads them back from the store, and reports what is missing, shown twice or changed.")
            .WithDescription(
                "Answers when the verification is over: 200 whatever it found (see passed), 503 when the store could not be read until "
                    + "the timeout, 409 when another is running. Closing the connection stops it.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<VerificationReport>, ValidationProblem, ProblemHttpResult>> VerifyAsync(
        VerifyRequest body, Verifier verifier, GeneratorMetrics metrics, CancellationToken cancellationToken)
    {
        if (body.Lines is < 1 or > VerificationRequest.MaximumLines)
            return GeneratorApi.Invalid("lines", $"{body.Lines} is not from 1 to {VerificationRequest.MaximumLines}");
        if (body.Rate is not (>= LogGeneratorSettings.MinimumRate and <= VerificationRequest.MaximumRate))
            return GeneratorApi.Invalid("rate",
                $"{body.Rate} is not from {LogGeneratorSettings.MinimumRate} to {VerificationRequest.MaximumRate:0}");
        if (body.MaxOutstanding < 1)
            return GeneratorApi.Invalid("maxOutstanding", $"{body.MaxOutstanding} is not from 1 up");
        if (!Durations.TryParse(body.Timeout, out var timeout) || timeout <= TimeSpan.Zero || timeout > TimeSpan.FromHours(1))
            return GeneratorApi.Invalid("timeout", $"'{body.Timeout}' is not a duration up to one hour, such as 60s or 00:01:00");
        var sinks = verifier.Sinks.ToDictionary(kind => kind.ToString(), StringComparer.OrdinalIgnoreCase);
        if (body.Sink is not null && !sinks.ContainsKey(body.Sink))
        {
            var known = string.Join(", ", sinks.Keys.Select(name => name.ToLowerInvariant()));
            return GeneratorApi.Invalid("sink", $"'{body.Sink}' is no sink of this service, which has {known}");
        }

        if (!await verifier.Turn.WaitAsync(EndOfOther, cancellationToken))
            return TypedResults.Problem("Another verification is running.", statusCode: StatusCodes.Status409Conflict);

        try
        {
            using var sink = verifier.CreateSink(body.Sink is null ? null : sinks[body.Sink]);
            using var run = verifier.CreateRun(
                new VerificationRequest
                {
                    Lines = body.Lines,
                    Rate = body.Rate,
                    Timeout = timeout,
                    MaxOutstanding = body.MaxOutstanding
                }, sink);
            // No probe: a store that is away for now, as in an outage, is waited for like one that goes away in the midst.
            var report = await run.RunAsync(null, cancellationToken);
            if (report.Outcome is VerificationOutcome.StoreUnreachable or VerificationOutcome.SinkUnreachable)
                return TypedResults.Problem(report.Reason, statusCode: StatusCodes.Status503ServiceUnavailable);
            if (report.Outcome != VerificationOutcome.Interrupted)
                report.CountInto(metrics);
            return TypedResults.Ok(report);
        }
        catch (Exception exception) when (exception is StoreException or SettingsException)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        finally
        {
            verifier.Turn.Release();
        }
    }
}
