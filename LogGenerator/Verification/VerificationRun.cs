using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Telemetry;
using Observability.ServiceDefaults;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.LogGenerator.Verification;

/// <summary>
/// One verification: writer and reader at work side by side until every line was seen or none comes any more, and then
/// one complete read of the store, from which alone the verdict is taken.
/// </summary>
internal sealed class VerificationRun : IDisposable
{
    // Lines this near to each other cost less to read again than another query does.
    private const int RangeGap = 1_000;

    // Queries a poll, at most (a long range is read in several pages).
    private const int MostRanges = 8;
    private const int MostRangesShown = 10;

    // The store is asked again before it is believed to have lost what it had shown.
    private const int FinalReads = 3;

    // How far the store's timestamps may be from the lines' own: nothing at first, and more and more while lines are not found.
    private static readonly TimeSpan FirstSlack = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MostSlack = TimeSpan.FromMinutes(1);

    private readonly VerificationRequest _request;
    private readonly VerifySettings _settings;
    private readonly TimeSpan _age;
    private readonly ILogSink _sink;
    private readonly Reader _reader;
    private readonly GeneratorMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly SentLines _sent;
    private readonly Comparator _comparator;
    private readonly LatencyHistogram _latency = new();
    private readonly LatencyHistogram _resolution = new();
    private readonly TaskCompletionSource _sending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started;
    private readonly long _refusedBefore;
    private long _lastPoll;
    private long _lastProgress;
    private int _fruitlessPolls;
    private TimeSpan _sendTime;

    public VerificationRun(VerificationRequest request, LogGeneratorSettings settings, ILogSink sink, Reader reader,
        GeneratorMetrics metrics, TimeProvider time)
    {
        _request = request;
        _settings = settings.Verify;
        _age = request.LinePattern?.Age(settings.BackfillAge) ?? TimeSpan.Zero;
        _sink = sink;
        _reader = reader;
        _metrics = metrics;
        _time = time;
        _sent = new SentLines(request.Lines);
        _comparator = new Comparator(request.Lines);
        _started = _lastPoll = _lastProgress = time.GetTimestamp();
        _refusedBefore = sink.FailedLines;
    }

    // All that the store can show of the run.
    private long Start => UnixTime.ToNanoseconds(_sent[1] - MostSlack);

    private long End => UnixTime.ToNanoseconds(_time.GetUtcNow().UtcDateTime + MostSlack);

    /// <summary>Different lines that the store showed at the last verdict; null before the first.</summary>
    public int? Stored { get; private set; }

    /// <summary>The run's id.</summary>
    public string RunId => _request.RunId;

    /// <summary>Completes when the sending is over, well or not.</summary>
    public Task Sending => _sending.Task;

    public void Dispose() => _reader.Dispose();

    /// <summary>Asks the store for lines of this run, of which there are none yet: just to see that it answers.</summary>
    /// <exception cref="StoreException">It does not.</exception>
    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        var now = UnixTime.ToNanoseconds(_time.GetUtcNow().UtcDateTime);
        return _reader.ReadAsync(now - 1, now, isThorough: false, static _ => { }, cancellationToken);
    }

    /// <summary>Runs the verification.</summary>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="cancellationToken">Ends it at once, with a report of what is known by then.</param>
    public async Task<VerificationReport> RunAsync(IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = WriteAsync(stop.Token);
        try
        {
            var (outcome, reason) = await FollowAsync(writing, progress, cancellationToken);
            if (outcome is VerificationOutcome.StoreUnreachable or VerificationOutcome.SinkUnreachable)
                return Report(outcome, reason, null);
            return await JudgeAsync(outcome, reason, _settings.Settle, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Report(VerificationOutcome.Interrupted, "stopped before the end", null);
        }
        finally
        {
            await stop.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads the store as a whole, again, for a run that is over.</summary>
    public Task<VerificationReport> JudgeAgainAsync(CancellationToken cancellationToken) =>
        JudgeAsync(_comparator.Seen == _sent.Count ? VerificationOutcome.Completed : VerificationOutcome.TimedOut, null, TimeSpan.Zero,
            null, cancellationToken);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new Writer(_request, _age, _sent, _comparator, _sink, _time).SendAsync(cancellationToken);
        }
        finally
        {
            _sendTime = _time.GetElapsedTime(_started);
            _sending.TrySetResult();
        }
    }

    // Looks for what was sent until all of it was seen, or too long nothing new was.
    private async Task<(VerificationOutcome Outcome, string? Reason)> FollowAsync(
        Task writing, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (writing.IsFaulted)
                await writing;

            StoreException? failure = null;
            var sent = _sent.Count;
            try
            {
                await PollAsync(sent, cancellationToken);
            }
            catch (StoreException exception)
            {
                failure = exception;
            }

            var seen = _comparator.Seen;
            progress?.Report(new VerificationProgress(Sending.IsCompleted ? VerificationPhase.Waiting : VerificationPhase.Sending,
                _sent.Count, seen, 0));
            if (writing.IsCompletedSuccessfully && seen == _request.Lines)
                return (VerificationOutcome.Completed, null);
            if (failure is { IsFinal: true })
                return (VerificationOutcome.StoreUnreachable, failure.Message);
            if (_time.GetElapsedTime(_lastProgress) >= _request.Timeout)
            {
                return failure is not null ? (VerificationOutcome.StoreUnreachable, failure.Message)
                    : !writing.IsCompleted && _sink.Trouble is { } trouble ? (VerificationOutcome.SinkUnreachable, trouble)
                    : (VerificationOutcome.TimedOut, $"no further line appeared for {_request.Timeout.TotalSeconds:0.#} s");
            }

            await Task.Delay(_settings.PollInterval, _time, cancellationToken);
        }
    }

    private async Task PollAsync(int sent, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var before = _comparator.Seen;
        foreach (var range in _comparator.Unseen(sent, RangeGap, MostRanges))
        {
            var slack = FirstSlack * Math.Pow(4, Math.Min(_fruitlessPolls, 12));
            slack = slack < MostSlack ? slack : MostSlack;
            await _reader.ReadAsync(
                UnixTime.ToNanoseconds(_sent[range.First] - slack),
                UnixTime.ToNanoseconds(_sent[range.Last] + slack),
                // With slack, an answer that a proxy caps may hold nothing but lines before the range.
                isThorough: _fruitlessPolls > 0,
                Mark,
                cancellationToken);
        }

        // Nothing on its way is as good as something arrived: a slow rate is no stall.
        var fruitful = _comparator.Seen > before;
        if (fruitful || before == sent)
            _lastProgress = _time.GetTimestamp();
        _fruitlessPolls = fruitful || before == sent ? 0 : _fruitlessPolls + 1;
        _lastPoll = began;
    }

    private void Mark(ReadOnlySpan<StoredLine> lines)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var gap = _time.GetElapsedTime(_lastPoll);
        foreach (var line in lines)
        {
            var sequence = FinalTally.Identify(_sent, line);
            if (!_comparator.Mark(sequence))
                continue;
            var latency = now - _age - _sent[sequence];
            _latency.Add(latency);
            _resolution.Add(gap);
            _metrics.Arrived(latency);
        }
    }

    private async Task<VerificationReport> JudgeAsync(
        VerificationOutcome outcome, string? reason, TimeSpan settle, IProgress<VerificationProgress>? progress,
        CancellationToken cancellationToken)
    {
        if (outcome == VerificationOutcome.Completed)
            await Task.Delay(settle, _time, cancellationToken);

        var deadline = _time.GetTimestamp();
        for (var reads = 1; ; reads++)
        {
            var tally = new FinalTally(_sent, comparesTime: _sink is not StdoutSink);
            long? counted = null;
            try
            {
                await ReadAllAsync(tally, progress, cancellationToken);
                if (_request.Metrics && _sent.Count > 0)
                    counted = await _reader.CountAsync(Start, End, cancellationToken);
            }
            catch (StoreException exception)
            {
                if (exception.IsFinal || _time.GetElapsedTime(deadline) >= _request.Timeout)
                    return Report(VerificationOutcome.StoreUnreachable, exception.Message, null);
                await Task.Delay(_settings.PollInterval, _time, cancellationToken);
                continue;
            }

            if (reads >= FinalReads || tally.Stored >= _comparator.Seen)
                return Report(outcome, reason, tally, counted);
            await Task.Delay(_settings.PollInterval, _time, cancellationToken);
        }
    }

    private async Task ReadAllAsync(FinalTally tally, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        if (_sent.Count == 0)
            return;
        await _reader.ReadAsync(
            Start,
            End,
            isThorough: true,
            lines =>
            {
                Mark(lines);
                tally.Add(lines);
                progress?.Report(new VerificationProgress(VerificationPhase.Reading, _sent.Count, _comparator.Seen, tally.Stored));
            },
            cancellationToken);
    }

    private VerificationReport Report(VerificationOutcome outcome, string? reason, FinalTally? tally, long? counted = null)
    {
        var sent = _sent.Count;
        Stored = tally?.Stored ?? Stored;
        var isComplete = outcome is VerificationOutcome.Completed or VerificationOutcome.TimedOut;
        var isFlawless = tally is { Missing: 0, Duplicated: 0, Changed: 0 } && sent == _request.Lines
            && (counted is null || counted == tally.Entries);
        return new VerificationReport(
            _request.RunId,
            Passed: isComplete && isFlawless,
            outcome,
            tally?.Missing == 0 && outcome == VerificationOutcome.TimedOut ? null : reason,
            _request.Lines,
            sent,
            tally?.Stored,
            tally?.Missing,
            tally is null ? null : Enumerable.Range(1, sent).Count(sequence => _comparator.IsSeen(sequence) && !tally.IsShown(sequence)),
            tally?.Duplicated,
            tally?.OutOfOrder,
            tally?.Changed,
            counted,
            _sink.PendingLines,
            _sink.FailedLines - _refusedBefore,
            tally?.FirstMissing(MostRangesShown) ?? [],
            tally?.First(LineFlags.Duplicated, MostRangesShown) ?? [],
            tally?.First(LineFlags.OutOfOrder, MostRangesShown) ?? [],
            tally?.Changes ?? [],
            _latency.IsEmpty ? null : new LatencyReport(
                _latency.Percentile(0.50).TotalMilliseconds,
                _latency.Percentile(0.95).TotalMilliseconds,
                _latency.Percentile(0.99).TotalMilliseconds,
                _latency.Maximum.TotalMilliseconds,
                _resolution.Percentile(0.95).TotalMilliseconds),
            (Sending.IsCompleted ? _sendTime : _time.GetElapsedTime(_started)).TotalSeconds,
            _time.GetElapsedTime(_started).TotalSeconds,
            outcome == VerificationOutcome.Completed ? _settings.Settle.TotalSeconds : null,
            _sink.Target,
            _reader.Query,
            _reader.Cap);
    }
}
