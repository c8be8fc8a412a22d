using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Pacing;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Telemetry;

namespace Observability.LogGenerator.Generation;

/// <summary>
/// Makes lines at the pace of the plan and hands each to every sink. A sink that is slow slows the run; none loses a line.
/// </summary>
internal sealed class GeneratorEngine(
    LogGeneratorSettings settings,
    GeneratorControl control,
    SinkSet sinks,
    GeneratorMetrics metrics,
    TimeProvider time)
{
    private readonly LineBatch _batch = new();

    // What is written to standard output alone has no place for a trace, and nobody would continue it.
    private readonly LineSource _source = new(
        settings.Seed,
        settings.BackfillAge,
        time,
        settings.Sinks.Any(sink => sink != SinkKind.Stdout) ? new LineTracer(settings.TraceOneIn, time) : null);


    private readonly RatePacer _pacer = new(time);
    private long _lines;

    private long _bytes;

    /// <summary>The lines made so far.</summary>
    public long Lines => Volatile.Read(ref _lines);

    /// <summary>The bytes of those lines.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether lines are on their way to a sink: it waits for them to be taken or delivered.</summary>
    public bool IsSending { get; private set; }

    /// <summary>The time spent making lines, without pauses.</summary>
    public TimeSpan Elapsed => _pacer.Elapsed;

    /// <summary>Runs until the lines or the duration of the settings are reached, then waits until every sink has delivered.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped before.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _pacer.Reset();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var plan = control.Plan;
            if (!plan.Running)
            {
                await control.WaitForChangeAsync(plan, cancellationToken);
                _pacer.Reset();
                continue;
            }

            // The rate holds for the time since the last look, which is at most RatePacer.LongestWait when nothing is in the way.
            var rate = plan.TargetRate(time);
            var due = _pacer.Take(rate, MostLines(), settings.Duration);
            if (due > 0)
                await SendAsync(due, plan, cancellationToken);
            else if (Elapsed >= settings.Duration)
                break;
            else
                await Task.Delay(_pacer.UntilNext(rate), time, cancellationToken);

            if (Lines >= settings.Lines)
                break;
        }

        IsSending = true;
        foreach (var sink in sinks)
            await sink.FlushAsync(cancellationToken);
        IsSending = false;
    }

    private int MostLines() => settings.Lines is { } lines ? (int)Math.Min(LineBatch.MaxLines, lines - _lines) : LineBatch.MaxLines;

    private async ValueTask SendAsync(int due, GeneratorPlan plan, CancellationToken cancellationToken)
    {
        IsSending = true;
        while (due > 0)
        {
            _batch.Clear();
            _source.Fill(_batch, due, plan.Pattern, plan.Rate);
            due -= _batch.Count;
            try
            {
                foreach (var sink in sinks)
                {
                    await sink.WriteAsync(_batch, cancellationToken);
                    metrics.Wrote(sink.Name, _batch.Count, _batch.ByteCount);
                }
            }
            finally
            {
                _batch.EndTraces();
            }

            Volatile.Write(ref _bytes, _bytes + _batch.ByteCount);
            Volatile.Write(ref _lines, _lines + _batch.Count);
        }

        IsSending = false;
    }
}
