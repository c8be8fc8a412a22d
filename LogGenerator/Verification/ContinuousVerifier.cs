using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Telemetry;

namespace Observability.LogGenerator.Verification;

/// <summary>
/// Verifies all the time, at a small rate: round upon round of sending, each judged while the next ones send. A line is
/// missing once the deadline has passed and the store, read as a whole, does not show it; it is not judged while the
/// store cannot be read. After another deadline the store is asked again, and what came late is counted as that.
/// </summary>
internal sealed partial class ContinuousVerifier(
    LogGeneratorSettings settings,
    Verifier verifier,
    GeneratorMetrics metrics,
    TimeProvider time,
    ILogger<ContinuousVerifier> logger) : BackgroundService
{
    // Rounds not yet judged hold memory: beyond these, sending waits.
    private const int MostRounds = 30;

    private readonly VerifySettings _settings = settings.Verify;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var sink = verifier.CreateSink();
        var rounds = new List<Task>();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var run = verifier.CreateRun(NextRequest(), sink);
                rounds.Add(RunRoundAsync(run, stoppingToken));
                await run.Sending.WaitAsync(stoppingToken);
                rounds.RemoveAll(round => round.IsCompleted);
                while (rounds.Count >= MostRounds)
                    rounds.Remove(await Task.WhenAny(rounds));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(rounds);
        }
    }

    private VerificationRequest NextRequest()
    {
        var lines = (int)Math.Max(1, _settings.Rate * _settings.Interval.TotalSeconds);
        return new VerificationRequest { Lines = lines, Rate = _settings.Rate, MaxOutstanding = lines, Timeout = _settings.Deadline };
    }

    private async Task RunRoundAsync(VerificationRun run, CancellationToken stoppingToken)
    {
        using var owned = run;
        try
        {
            var report = await run.RunAsync(null, stoppingToken);
            while (report.Outcome == VerificationOutcome.StoreUnreachable)
            {
                LogUnreachable(report.RunId, report.Reason);
                await Task.Delay(_settings.Deadline, time, stoppingToken);
                report = await run.JudgeAgainAsync(stoppingToken);
            }

            if (report.Outcome == VerificationOutcome.Interrupted)
                return;
            metrics.Verified(report.Stored, report.Missing, report.Duplicated, report.OutOfOrder);
            if (!report.Passed)
                LogFailed(report.RunId, report.Sent, report.Missing, report.Duplicated);
            if (report.Missing > 0)
                await CountLateAsync(run, report, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A round that is stopped with its service has no verdict.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogBroken(exception);
            await Task.Delay(_settings.Interval, time, CancellationToken.None).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CountLateAsync(VerificationRun run, VerificationReport report, CancellationToken stoppingToken)
    {
        await Task.Delay(_settings.Deadline, time, stoppingToken);
        var again = await run.JudgeAgainAsync(stoppingToken);
        if (again.Outcome is VerificationOutcome.StoreUnreachable or VerificationOutcome.Interrupted || again.Stored <= report.Stored)
            return;
        metrics.Late(again.Stored - report.Stored);
        LogLate(report.RunId, again.Stored - report.Stored);
    }
}
