using System.Globalization;

namespace Observability.AppHost.Commands;

/// <summary>
/// Lets something go wrong while numbered lines are sent, and reports what became of them and what the Forwarder did meanwhile. The lines
/// begin before the fault and end after it.
/// </summary>
/// <param name="running">The services.</param>
/// <param name="time">The time.</param>
internal sealed class FaultTrial(RunningServices running, TimeProvider time)
{
    /// <summary>The input for the number of lines.</summary>
    public const string LinesInput = "lines";

    /// <summary>The input for the length of a fault.</summary>
    public const string SecondsInput = "seconds";

    /// <summary>How long a fault lasts unless told otherwise.</summary>
    public const int DefaultSeconds = 60;

    // So long before the fault lines flow; a verification that is refused is refused sooner.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2);

    // And so long after it.
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>The inputs that every fault has.</summary>
    /// <param name="seconds">The default of its length.</param>
    /// <param name="description">What its length means.</param>
    public static InteractionInput[] Inputs(int seconds, string description) =>
    [
        CommandArguments.Number(SecondsInput, "Seconds", seconds, description),
        CommandArguments.Number(LinesInput, "Lines", VerificationOrder.DefaultLines, "How many numbered lines are sent meanwhile."),
    ];

    /// <summary>Runs it.</summary>
    /// <param name="seconds">About how long the fault lasts.</param>
    /// <param name="lines">How many lines are sent.</param>
    /// <param name="sink">The way that they go; null for LogGenerator's own choice.</param>
    /// <param name="happening">
    /// The fault, from its beginning until all is as before: what happened, such as <c>loki was away for 60 s</c>, and what was counted.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ExecuteCommandResult> RunAsync(
        double seconds,
        double lines,
        string? sink,
        Func<CancellationToken, Task<(string What, IReadOnlyList<Figure> Figures)>> happening,
        CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var length = TimeSpan.FromSeconds(Math.Max(0, seconds));
        var order = new VerificationOrder(
            lines, lines / (Lead + length + Tail).TotalSeconds, length + VerificationOrder.DefaultPatience, sink);
        var before = await running.ReadForwardersAsync(stop.Token);
        var verification = running.VerifyAsync(order, stop.Token);
        if (await Task.WhenAny(verification, Task.Delay(Lead, time, stop.Token)) == verification)
            return await AnswerAsync(await verification, "", [], cancellationToken);

        var watching = WatchAsync(verification, stop.Token);
        try
        {
            var (what, figures) = await happening(stop.Token);
            using var answer = await verification;
            var seen = await watching;
            var did = (await running.ReadForwardersAsync(stop.Token)).Since(before);
            return await AnswerAsync(answer, $"{what}: ", [.. figures, .. Describe(did, seen)], cancellationToken);
        }
        catch (FaultException exception)
        {
            return CommandResults.Failure(exception.Message);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(verification, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<ExecuteCommandResult> AnswerAsync(
        HttpResponseMessage answer, string what, IReadOnlyList<Figure> figures, CancellationToken cancellationToken)
    {
        using (answer)
            return await VerificationAnswer.ToResultAsync(answer, what, figures, cancellationToken);
    }

    private static IEnumerable<Figure> Describe(ForwarderFigures did, Watched seen)
    {
        var reasons = string.Join(", ", did.Retries.Select(retry => $"{retry.Key} {Count(retry.Value)}"));
        yield return new("pushes sent again", Count(did.Retries.Values.Sum()) + (reasons.Length > 0 ? $": {reasons}" : ""));
        yield return new("all partitions paused", seen.Paused > TimeSpan.Zero ? $"for {Seconds(seen.Paused)}" : "never");
        yield return new("partitions paused alone, at most", Count(seen.Held));
        yield return new("records that waited in Kafka, at most", Count(seen.Lag));
        yield return new($"lines stored later than {ForwarderFigures.LateSeconds} s after their time", $"about {Count(did.LateLines)}");
        yield return new("commits that failed", Count(did.FailedCommits));
        yield return new("dead letters", Count(did.DeadLettered));
    }

    private static string Count(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A length of time as reports have it, such as <c>60 s</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0 s", CultureInfo.InvariantCulture);

    private async Task<Watched> WatchAsync(Task verification, CancellationToken cancellationToken)
    {
        var watched = new Watched();
        var looked = time.GetTimestamp();
        while (!verification.IsCompleted)
        {
            var figures = await running.ReadForwardersAsync(cancellationToken);
            var now = time.GetTimestamp();
            watched = new(
                watched.Paused + (figures.IsPaused ? time.GetElapsedTime(looked, now) : TimeSpan.Zero),
                Math.Max(watched.Held, figures.HeldPartitions),
                Math.Max(watched.Lag, figures.Lag));
            looked = now;
            await Task.WhenAny(verification, Task.Delay(Look, time, cancellationToken));
        }

        return watched;
    }

    private sealed record Watched(TimeSpan Paused = default, double Held = 0, double Lag = 0);
}
