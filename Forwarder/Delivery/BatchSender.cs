using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Delivers batches, one at a time: it returns when of every line it is known what becomes of it, however long that takes. It waits while
/// Loki as a whole does not take pushes, and not for a single stream that is at a limit. Several senders work side by side.
/// </summary>
internal sealed partial class BatchSender : IBatchSender
{
    private const int MaxMessage = LokiLimits.MessageBytes;

    // A single line smaller than this is never what makes a request too large.
    private const int LargeLine = 64 * 1024;

    // Pieces are not made smaller than what a limit refills in a hundredth of a second, unless that has often been refused.
    private const int SmallestPart = 100;
    private const int OftenRefused = 10;

    private static readonly TimeSpan NoRoomFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OverflowPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LinePatience = TimeSpan.FromMinutes(5);

    private readonly IPushClient _client;
    private readonly StreamLedger _ledger;
    private readonly ForwarderMetrics _metrics;
    private readonly LokiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BatchSender> _logger;
    private readonly Random _random;
    private readonly PushEncoder _encoder = new();
    private readonly PushPlan _plan;
    private readonly Stack<PushPiece> _todo = new();
    private readonly List<int> _overflowing = [];
    private int[] _shared = [];
    private Backoff? _backoff;
    private int _retries;

    public BatchSender(
        IPushClient client,
        StreamLedger ledger,
        ForwarderMetrics metrics,
        IOptions<ForwarderOptions> options,
        TimeProvider time,
        ILogger<BatchSender> logger,
        Random? random = null)
    {
        _client = client;
        _ledger = ledger;
        _metrics = metrics;
        _options = options.Value.Loki;
        _time = time;
        _logger = logger;
        _random = random ?? Random.Shared;
        _plan = new PushPlan(ledger, _options, time);
    }

    /// <inheritdoc/>
    public async Task DeliverAsync(Batch batch, CancellationToken cancellationToken)
    {
        _todo.Clear();
        _overflowing.Clear();
        batch.OrderByStream();
        _plan.Make(batch);
        if (batch.IsLate)
        {
            await DeliverLateAsync(batch, cancellationToken);
            return;
        }

        await DeliverSharedAsync(batch, cancellationToken);
        foreach (var stream in _plan.Alone)
            await DeliverAloneAsync(batch, stream, cancellationToken);
        await DeliverUnknownAsync(batch, cancellationToken);
        if (_overflowing.Count > 0)
            await DeliverAsync(batch, new PushPiece(_overflowing.ToArray(), PushPiece.Overflow), cancellationToken);
    }

    private async Task DeliverLateAsync(Batch batch, CancellationToken cancellationToken)
    {
        for (var i = batch.Late.Count - 1; i >= 0; i--)
            _todo.Push(batch.Late[i]);
        batch.Late.Clear();
        await DeliverAsync(batch, _todo.Pop(), cancellationToken);
        if (_overflowing.Count > 0)
            await DeliverAsync(batch, new PushPiece(_overflowing.ToArray(), PushPiece.Overflow), cancellationToken);
    }

    private async Task DeliverSharedAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (_plan.Shared.Count == 0)
            return;

        if (_shared.Length < batch.Count)
            _shared = new int[batch.Count + (batch.Count / 4)];
        var length = 0;
        foreach (var stream in _plan.Shared)
        {
            batch.LinesOf(stream).CopyTo(_shared.AsMemory(length));
            length += batch.Streams[stream].Count;
        }

        await DeliverAsync(batch, new PushPiece(_shared.AsMemory(0, length), PushPiece.Shared), cancellationToken);
    }

    private async Task DeliverAloneAsync(Batch batch, int stream, CancellationToken cancellationToken)
    {
        if (_plan.Account(stream).HasNoRoom(_time.GetTimestamp()) && batch.Streams[stream].Stream.Overflow is not null)
            _overflowing.AddRange(batch.LinesOf(stream).Span);
        else
            await DeliverAsync(batch, new PushPiece(batch.LinesOf(stream), stream), cancellationToken);
    }

    // After a start all streams are unknown, and all senders have the same ones before them: each takes on some, and what another has
    // taken on may share a push once that is done.
    private async Task DeliverUnknownAsync(Batch batch, CancellationToken cancellationToken)
    {
        while (_plan.Unknown.Count > 0)
        {
            for (var i = _plan.Unknown.Count - 1; i >= 0; i--)
            {
                var stream = _plan.Unknown[i];
                var account = _plan.Account(stream);
                if (_plan.IsKnown(stream) || !account.Claim())
                    continue;

                _plan.Unknown.RemoveAt(i);
                try
                {
                    await DeliverAloneAsync(batch, stream, cancellationToken);
                }
                finally
                {
                    account.Unclaim();
                }
            }

            _plan.ShareKnown(batch);
            await DeliverSharedAsync(batch, cancellationToken);
            if (_plan.Unknown is [.., var left] && _plan.Shared.Count == 0)
            {
                // The other sender is still at it, and may be for long.
                _plan.Unknown.RemoveAt(_plan.Unknown.Count - 1);
                await DeliverAloneAsync(batch, left, cancellationToken);
            }
        }
    }

    private async Task DeliverAsync(Batch batch, PushPiece first, CancellationToken cancellationToken)
    {
        _todo.Push(first);
        while (_todo.TryPop(out var piece))
        {
            if (IsLimited(batch, piece))
            {
                SetAside(batch, piece);
                continue;
            }

            var (status, answer) = await PushAsync(batch, piece, cancellationToken);
            if (answer.Verdict is PushVerdict.Stored or PushVerdict.Invalid)
                Recover();

            var pause = answer.Verdict switch
            {
                PushVerdict.Stored => NoteStored(piece, batch),
                PushVerdict.Invalid => Refuse(batch, piece, answer),
                PushVerdict.TooLarge => Split(batch, piece, answer),
                PushVerdict.NoRoom => MoveToOverflow(batch, piece, answer),
                PushVerdict.RateLimited => Limit(batch, piece, answer),
                _ => Repeat(batch, piece, answer),
            };
            if (pause is { } wait)
                await PauseAsync(status, answer, wait, cancellationToken);
        }
    }

    private async Task<(int Status, PushAnswer Answer)> PushAsync(Batch batch, PushPiece piece, CancellationToken cancellationToken)
    {
        // A batcher lets no batch grow so large, but for a single line.
        if (piece.Lines.Length == 1 && batch.Entries[piece.Lines.Span[0]].Length > MaxMessage)
            return (0, new(PushVerdict.TooLarge, "too_large", $"A line of more than {MaxMessage} bytes fits into no message to Loki"));

        var body = _encoder.Encode(batch, piece.Lines.Span, piece.Stream == PushPiece.Overflow ? OverflowOf(batch, piece) : null);
        using var span = batch.Traces.StartPush(batch, piece.Lines.Span);
        var start = _time.GetTimestamp();
        var (status, answer) = await _client.PushAsync(body, batch.Tenant, cancellationToken);
        Tell(span, body.Length, status, answer);
        _metrics.Pushed(status, body.Length, _time.GetElapsedTime(start));
        if (answer.Text.Contains("__stream_shard__", StringComparison.Ordinal) && _ledger.IsFirstShard())
            LogSharding();
        return (status, answer);
    }

    private static void Tell(Activity? span, int bytes, int status, in PushAnswer answer)
    {
        if (span is null)
            return;

        span.SetTag("forwarder.push.bytes", bytes).SetTag("forwarder.push.answer", answer.Verdict.ToString());
        if (status != 0)
            span.SetTag("http.response.status_code", status);
        if (answer.Verdict != PushVerdict.Stored)
            span.SetStatus(ActivityStatusCode.Error, Excerpt.Of(answer.Text)).SetTag("error.type", answer.Reason);
    }

    private TimeSpan? NoteStored(PushPiece piece, Batch batch)
    {
        var now = _time.GetTimestamp();
        if (piece.Stream == PushPiece.Overflow)
        {
            AccountOf(batch, piece).Stored(now);
        }
        else
        {
            var last = -1;
            foreach (var line in piece.Lines.Span)
            {
                if (batch.Entries[line].Stream is var stream && stream != last)
                    _plan.Account(last = stream).Stored(now);
            }
        }

        return null;
    }

    private TimeSpan? Refuse(Batch batch, PushPiece piece, in PushAnswer answer)
    {
        if (LokiWords.OldestAcceptable(answer.Text) is var oldest and not long.MinValue
            && answer.Text.Contains(LokiWords.TooFarBehind, StringComparison.Ordinal)
            && _ledger.Limits.LowerWindow(DateTimeOffset.UnixEpoch.AddTicks(oldest / 100), _time.GetUtcNow()))
            LogSmallWindow(_ledger.Limits.LateAfter);
        if (piece.IsShared && LokiWords.IsOfIngester(answer.Text))
            return SendAlone(batch, piece);

        var before = batch.Refused.Count;
        var again = RefusalReader.Read(batch, piece.Lines.Span, piece.IsShared, answer, batch.Refused);
        if (again.Length == piece.Lines.Length)
            return Split(batch, piece, answer);

        if (again.Length > 0)
            _todo.Push(piece with { Lines = again });
        else if (batch.Refused.Count - before < piece.Lines.Length)
            NoteStored(piece, batch);
        return null;
    }

    private TimeSpan? Split(Batch batch, PushPiece piece, in PushAnswer answer)
    {
        if (piece.Lines.Length > 1)
        {
            var (first, second) = piece.Halves();
            _todo.Push(second);
            _todo.Push(first);
            return null;
        }

        // A proxy that finds a small request too large will find so of all.
        if (answer.Verdict == PushVerdict.TooLarge && batch.Entries[piece.Lines.Span[0]].Length < LargeLine
            && !LokiWords.IsTooLarge(answer.Text))
            return Repeat(batch, piece, answer);

        batch.Refused.Add(new(piece.Lines.Span[0], answer.Reason, answer.Text));
        return null;
    }

    private TimeSpan? MoveToOverflow(Batch batch, PushPiece piece, in PushAnswer answer)
    {
        if (piece.IsShared)
            return SendAlone(batch, piece);

        var now = _time.GetTimestamp();
        if (piece.Stream >= 0 && batch.Streams[piece.Stream].Stream.Overflow is not null)
        {
            _plan.Account(piece.Stream).NoRoom(now, now + Ticks(NoRoomFor));
            _metrics.Retry(answer.Reason);
            if (_overflowing.Count == 0)
                LogNoRoom(answer.Text);
            _overflowing.AddRange(piece.Lines.Span);
            return null;
        }

        // Not even the overflow stream has room. Loki forgets idle streams, but lines must not wait for that for ever.
        if (_time.GetElapsedTime(AccountOf(batch, piece).NoRoom(now, 0), now) < OverflowPatience)
            return HoldBack(batch, piece, answer);

        foreach (var line in piece.Lines.Span)
            batch.Refused.Add(new(line, answer.Reason, answer.Text));
        return null;
    }

    // A limit passes with time only for a push that fits into what is refilled meanwhile.
    private TimeSpan? Limit(Batch batch, PushPiece piece, in PushAnswer answer)
    {
        var rate = LokiWords.Rate(answer.Text);
        var isOfStream = LokiWords.StreamRate(answer.Text) is > 0;
        if (isOfStream)
        {
            _ledger.Limits.LowerRate(rate);
            if (piece.IsShared)
                return SendAlone(batch, piece);

            AccountOf(batch, piece).Empty(_time.GetTimestamp());
            var again = RefusalReader.Read(batch, piece.Lines.Span, piece.IsShared, answer, batch.Refused);
            if (again.Length == 0)
                return NoteStored(piece, batch);
            piece = piece with { Lines = again };
        }

        PushPiece? rest = null;
        var (bytes, refusals) = (Bytes(batch, piece), piece.Refusals + 1);
        if (piece.Lines.Length > 1 && bytes > rate && rate > 0)
            (piece, rest) = piece.Halves();
        else if (piece.Lines.Length > 1 && refusals > 1 && (bytes > rate / SmallestPart || refusals >= OftenRefused))
            (piece, rest) = piece.Halves(refusals >= OftenRefused ? OftenRefused - 1 : 1);
        else if (piece.Lines.Length == 1 && piece.RefusedSince > 0 && _time.GetElapsedTime(piece.RefusedSince) > LinePatience)
            return Give(batch, piece, answer);
        else
            piece = piece with { Refusals = refusals, RefusedSince = piece.RefusedSince > 0 ? piece.RefusedSince : _time.GetTimestamp() };

        var wait = rate > 0
            ? TimeSpan.FromSeconds(Math.Min((double)Bytes(batch, piece) / rate, _options.MaxBackoff.TotalSeconds))
            : TimeSpan.Zero;
        // The rest comes to the top of what is to be done, and finds the stream limited.
        if (rest is { } second)
            _todo.Push(second);
        if (isOfStream)
            return HoldBack(batch, piece with { Wait = wait }, answer);

        _todo.Push(piece);
        return wait;
    }

    // The limit is of this stream alone: neither the other streams nor this sender wait with it.
    private TimeSpan? HoldBack(Batch batch, PushPiece piece, in PushAnswer answer)
    {
        _metrics.Retry(answer.Reason);
        if (_ledger.Limited.TryPass(out var held))
            LogLimited(Encoding.UTF8.GetString(TargetOf(batch, piece).Labels), held, Excerpt.Of(answer.Text));
        SetAside(batch, piece);
        return null;
    }

    private void SetAside(Batch batch, PushPiece piece)
    {
        // The places may be in an array that is used again for the next batch.
        batch.Late.Add(piece with { Lines = piece.Lines.ToArray() });
        AccountOf(batch, piece).IsLimited = true;
    }

    // Lines wait behind those of their stream that wait already. Of a late batch the first ones are tried.
    private bool IsLimited(Batch batch, PushPiece piece) =>
        batch.IsLate ? batch.Late.Count > 0 : !piece.IsShared && AccountOf(batch, piece).IsLimited;

    // A single line that is larger than the burst, say.
    private static TimeSpan? Give(Batch batch, PushPiece piece, in PushAnswer answer)
    {
        batch.Refused.Add(new(piece.Lines.Span[0], answer.Reason, answer.Text));
        return null;
    }

    private TimeSpan? Repeat(Batch batch, PushPiece piece, in PushAnswer answer)
    {
        if (!piece.IsShared || _plan.MayShareAgain(batch, piece.Lines.Span))
            _todo.Push(piece);
        else
            SendAlone(batch, piece);
        return answer.RetryAfter ?? TimeSpan.Zero;
    }

    // Of those streams one was refused, and any other may have been: each one's own answer says.
    private TimeSpan? SendAlone(Batch batch, PushPiece piece)
    {
        var lines = piece.Lines.Span;
        for (var end = lines.Length; end > 0;)
        {
            var stream = batch.Entries[lines[end - 1]].Stream;
            var start = end - 1;
            while (start > 0 && batch.Entries[lines[start - 1]].Stream == stream)
                start--;
            _todo.Push(new(piece.Lines[start..end], stream));
            end = start;
        }

        return null;
    }

    private async Task PauseAsync(int status, PushAnswer answer, TimeSpan atLeast, CancellationToken cancellationToken)
    {
        _metrics.Retry(answer.Reason);
        _backoff ??= new Backoff(_options.MinBackoff, _options.MaxBackoff, _options.MaxRetryAfter, _random);
        var pause = _backoff.Next(atLeast);
        _retries++;
        LogRetry(answer.Reason, status, _retries, pause.TotalSeconds, Excerpt.Of(answer.Text));
        await Task.Delay(pause, _time, cancellationToken);
    }

    private void Recover()
    {
        if (_retries > 0)
            LogRecovered(_retries);
        _backoff = null;
        _retries = 0;
    }

    private static long Bytes(Batch batch, PushPiece piece)
    {
        var bytes = 0L;
        foreach (var line in piece.Lines.Span)
            bytes += batch.Entries[line].Length;
        return bytes;
    }

    private static LogStream OverflowOf(Batch batch, PushPiece piece) =>
        batch.Streams[batch.Entries[piece.Lines.Span[0]].Stream].Stream.Overflow!;

    private static LogStream TargetOf(Batch batch, PushPiece piece) =>
        piece.Stream == PushPiece.Overflow ? OverflowOf(batch, piece) : batch.Streams[piece.Stream].Stream;

    private StreamAccount AccountOf(Batch batch, PushPiece piece) =>
        piece.Stream == PushPiece.Overflow ? _ledger.Find(batch.Tenant, OverflowOf(batch, piece)) : _plan.Account(piece.Stream);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);
}
