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
    RunningTotals totals,
    TimeProvider time,
    ILogger<ContinuousVerifier> logger) : BackgroundService
{
    // Rounds not yet judged hold memory: beyond these, sending waits.
    private const int MostRounds = 30;

    // With rounds of ten seconds, once in ten minutes.
    private const int RoundsPerLog = 60;

    private readonly VerifySettings _settings = settings.Verify;
    private VerificationRun? _previous;

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
            _previous?.Dispose();
        }
    }

    private VerificationRequest NextRequest()
    {
        var lines = (int)Math.Max(1, _settings.Rate * _settings.Interval.TotalSeconds);
        return new VerificationRequest { Lines = lines, Rate = _settings.Rate, MaxOutstanding = lines, Timeout = _settings.Deadline };
    }

    private async Task RunRoundAsync(VerificationRun run, CancellationToken stoppingToken)
    {
        // Kept until the next round is judged: the store is then asked for this one again.
        var isKept = false;
        try
        {
            var report = await run.RunAsync(null, stoppingToken);
            while (report.Outcome is VerificationOutcome.StoreUnreachable or VerificationOutcome.SinkUnreachable)
            {
                LogUnreachable(report.RunId, report.Reason);
                await Task.Delay(_settings.Deadline, time, stoppingToken);
                report = await run.JudgeAgainAsync(stoppingToken);
            }

            if (report.Outcome == VerificationOutcome.Interrupted)
                return;
            Count(report);
            if (report.Missing > 0)
                await CountLateAsync(run, report, stoppingToken);
            await LookBackAsync(stoppingToken);
            isKept = true;
            Interlocked.Exchange(ref _previous, run)?.Dispose();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A round that is stopped with its service has no verdict.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogBroken(exception);
            await Task.Delay(_settings.Interval, time,
                CancellationToken.None).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            if (!isKept)
                run.Dispose();
        }
    }

    private void Count(VerificationReport report)
    {
        report.CountInto(metrics);
        var now = totals.Update(before => before.With(report));
        if (!report.Passed)
            LogFailed(report.RunId, report.Sent, report.Missing, report.Duplicated, report.Changed);
        if (report.Vanished is > 0 and var vanished)
            Forgot(report.RunId, vanished, isAll: vanished == report.Sent);
        if (now.Rounds % RoundsPerLog == 0)
            LogTotals(now.Rounds, now.FailedRounds, now.Sent, now.Missing, now.Late, now.Duplicated, now.Changed, now.Forgotten);
    }

    // What the store showed a round ago it must still show.
    private async Task LookBackAsync(CancellationToken stoppingToken)
    {
        using var run = Interlocked.Exchange(ref _previous, null);
        if (run?.Stored is not { } before)
            return;
        var again = await run.JudgeAgainAsync(stoppingToken);
        if (again.Stored is { } stored && stored < before)
            Forgot(run.RunId, before - stored, isAll: stored == 0);
    }

    private void Forgot(string runId, int lines, bool isAll)
    {
        metrics.Forgotten(lines);
        totals.Update(before =>
            before with { Forgotten = before.Forgotten + lines, StoreRestarts = before.StoreRestarts + (isAll ? 1 : 0) });
        if (isAll)
            LogRestarted(runId, lines);
        else
            LogForgotten(runId, lines);
    }

    private async Task CountLateAsync(VerificationRun run, VerificationReport report, CancellationToken stoppingToken)
    {
        await Task.Delay(_settings.Deadline, time, stoppingToken);
        var again = await run.JudgeAgainAsync(stoppingToken);
        if (again.Stored - report.Stored is not { } lines || lines <= 0)
            return;
        metrics.Late(lines);
        totals.Update(before => before with { Late = before.Late + lines });
        LogLate(report.RunId, lines);
    }
}
