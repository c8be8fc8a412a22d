using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Pacing;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;

namespace Observability.LogGenerator.Verification;

/// <summary>Sends the numbered lines of a run at its rate, and never more ahead of the reader than the run allows.</summary>
/// <param name="request">The run.</param>
/// <param name="age">How far back the lines' timestamps lie.</param>
/// <param name="sent">Takes when each line was sent.</param>
/// <param name="comparator">Knows how far the reader is.</param>
/// <param name="sink">Where the lines go.</param>
/// <param name="time">The clock.</param>
internal sealed class Writer(
    VerificationRequest request, TimeSpan age, SentLines sent, Comparator comparator, ILogSink sink, TimeProvider time)
{
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(20);

    private readonly LineBatch _batch = new();
    private readonly VerifyLine _line = new(request, escapesLineFeeds: sink is StdoutSink);
    private readonly LineRandom _random = new(0);

    /// <summary>Sends all lines, and waits until the sink has delivered them.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var pacer = new RatePacer(time);
        while (sent.Count < request.Lines)
        {
            var room = request.MaxOutstanding - (sent.Count - comparator.Seen);
            if (room <= 0)
            {
                await Task.Delay(RoomWait, time, cancellationToken);
                continue;
            }

            var rate = request.Rate * (request.LinePattern?.RateFactor(pacer.Elapsed) ?? 1);
            var due = pacer.Take(rate, Math.Min(Math.Min(room, LineBatch.MaxLines), request.Lines - sent.Count));
            if (due == 0)
            {
                await Task.Delay(pacer.UntilNext(rate), time, cancellationToken);
                continue;
            }

            // A batch of long lines is full before.
            while (due > 0)
            {
                due -= Fill(due);
                await sink.WriteAsync(_batch, cancellationToken);
            }
        }

        await sink.FlushAsync(cancellationToken);
    }

    private int Fill(int count)
    {
        _batch.Clear();
        var now = (time.GetUtcNow() - age).UtcDateTime;
        for (; count > 0 && !_batch.IsFull; count--)
        {
            var timestamp = sent.Add(now);
            _batch.Add(_line, new LineContext(timestamp, _random, sent.Count));
        }

        return _batch.Count;
    }
}
