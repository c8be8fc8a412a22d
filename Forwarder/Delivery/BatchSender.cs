using System.Diagnostics;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Delivers batches, one at a time: it returns when every line is stored by Loki or written to the dead-letter topic,
/// however long that takes. Several senders work side by side.
/// </summary>
internal sealed partial class BatchSender(
    LokiClient client,
    DeadLetterWriter deadLetters,
    ForwarderMetrics metrics,
    IOptions<ForwarderOptions> options,
    TimeProvider time,
    ILogger<BatchSender> logger)
{
    private const int MaxMessage = LokiLimits.MessageBytes;

    private readonly LokiOptions _options = options.Value.Loki;
    private readonly PushEncoder _encoder = new();
    private readonly Stack<Range> _todo = new();
    private int[] _order = [];
    private int[] _streamOf = [];

    /// <summary>Delivers a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellationToken">Gives up, by exception: some lines may then be stored and others not.</param>
    public async Task DeliverAsync(Batch batch, CancellationToken cancellationToken)
    {
        OrderByStream(batch);
        _todo.Clear();
        if (_options.OneStreamPerPush)
            PushStreams(batch.Count);
        else
            _todo.Push(0..batch.Count);

        while (_todo.TryPop(out var lines))
        {
            var count = lines.End.Value - lines.Start.Value;
            // A batcher lets no batch grow so large, but for a single line.
            var answer = count == 1 && batch.Entries[_order[lines.Start.Value]].Length > MaxMessage
                ? new PushAnswer(PushVerdict.TooLarge, "too_large", $"A line of more than {MaxMessage} bytes fits into no message to Loki")
                : await SendAsync(batch, lines, cancellationToken).ConfigureAwait(false);
            if (answer.Verdict == PushVerdict.Stored)
                continue;

            var isHopeless = answer.Verdict == PushVerdict.Invalid
                ? PushAnswerClassifier.ProvesAllInvalid(answer.Text, count, Labels(batch, lines))
                : count == 1;
            if (!isHopeless)
            {
                Halve(lines);
                continue;
            }

            metrics.Rejected(answer.Reason, count);
            await deadLetters.WriteAsync(batch, _order[lines], answer, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<PushAnswer> SendAsync(Batch batch, Range lines, CancellationToken cancellationToken)
    {
        var body = _encoder.Encode(batch, _order.AsSpan(lines), _streamOf);
        Backoff? backoff = null;
        for (var attempt = 1; ; attempt++)
        {
            var start = time.GetTimestamp();
            var (status, answer) = await client.PushAsync(body, batch.Tenant, cancellationToken).ConfigureAwait(false);
            metrics.Pushed(status, body.Length, time.GetElapsedTime(start));
            if (answer.Verdict != PushVerdict.Retry)
            {
                if (attempt > 1)
                    LogRecovered(attempt - 1);
                return answer;
            }

            metrics.Retry(answer.Reason);
            backoff ??= new Backoff(_options.MinBackoff, _options.MaxBackoff, _options.MaxRetryAfter, Random.Shared);
            var pause = backoff.Next(answer.RetryAfter);
            LogRetry(answer.Reason, status, attempt, pause.TotalSeconds, answer.Text);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void OrderByStream(Batch batch)
    {
        if (_order.Length < batch.Count)
        {
            _order = new int[Math.Max(batch.Count, 4096)];
            _streamOf = new int[_order.Length];
        }

        var position = 0;
        var entries = batch.Entries;
        for (var stream = 0; stream < batch.Streams.Length; stream++)
        {
            for (var line = batch.Streams[stream].First; line >= 0; line = entries[line].Next)
            {
                _order[position++] = line;
                _streamOf[line] = stream;
            }
        }

        Debug.Assert(position == batch.Count, "Every line belongs to one stream.");
    }

    private void PushStreams(int count)
    {
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && _streamOf[_order[end]] == _streamOf[_order[start]])
                end++;
            _todo.Push(start..end);
            start = end;
        }
    }

    private List<byte[]> Labels(Batch batch, Range lines)
    {
        List<byte[]> labels = [];
        var last = -1;
        foreach (var line in _order.AsSpan(lines))
        {
            if (_streamOf[line] != last)
                labels.Add(batch.Streams[_streamOf[line]].Stream.Labels);
            last = _streamOf[line];
        }

        return labels;
    }

    private void Halve(Range lines)
    {
        var middle = (lines.Start.Value + lines.End.Value) / 2;
        _todo.Push(middle..lines.End);
        _todo.Push(lines.Start..middle);
    }
}
