using Observability.Forwarder.Batching;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Which streams of a batch may share a push. Loki's ingester answers with the error of the last stream of a push alone
/// (<c>pkg/ingester/instance.go</c>, <c>Push</c>), so a 204 can hide that lines of the others were refused, for one of three
/// reasons: a stream's rate limit, the limit on streams, and lines too far behind. So only those streams share a push that
/// none of the three can concern; each other stream is pushed alone, and its answer is its own.
/// </summary>
internal sealed class PushPlan(StreamLedger ledger, LokiOptions options, TimeProvider time)
{
    // Structured metadata that Loki adds to a line and charges for: detected_level.
    private const int AddedBytes = 24;

    private readonly List<(double Left, int Stream)> _light = [];
    private StreamAccount[] _accounts = [];

    /// <summary>The streams that share a push, as places in <see cref="Batch.Streams"/>; the one whose bucket is emptiest last.</summary>
    public List<int> Shared { get; } = [];

    /// <summary>The streams that go alone each, because they are near their rate limit or bring late lines.</summary>
    public List<int> Alone { get; } = [];

    /// <summary>The streams that Loki may not have in memory, and so may have no room for.</summary>
    public List<int> Unknown { get; } = [];

    /// <summary>The account of a stream of the batch.</summary>
    public StreamAccount Account(int stream) => _accounts[stream];

    /// <summary>Whether Loki surely has a stream of the batch in memory.</summary>
    public bool IsKnown(int stream) => _accounts[stream].IsKnown(KnownSince());

    /// <summary>Makes the plan of a batch.</summary>
    public void Make(Batch batch)
    {
        ledger.Find(batch, ref _accounts);
        Shared.Clear();
        Alone.Clear();
        Unknown.Clear();
        _light.Clear();
        var (late, known) = (LateBefore(), KnownSince());
        for (var stream = 0; stream < batch.Streams.Length; stream++)
        {
            if (options.OneStreamPerPush || _accounts[stream].IsLimited)
                Alone.Add(stream);
            else if (!_accounts[stream].IsKnown(known))
                Unknown.Add(stream);
            else if (IsSafe(batch, stream, late, out var left))
                _light.Add((left, stream));
            else
                Alone.Add(stream);
        }

        _light.Sort(static (a, b) => b.Left.CompareTo(a.Left));
        foreach (var (_, stream) in _light)
            Shared.Add(stream);
    }

    /// <summary>Moves those of the unknown streams that other senders have made known meanwhile to <see cref="Shared"/>, which is emptied
    /// first.</summary>
    public void ShareKnown(Batch batch)
    {
        var (late, known) = (LateBefore(), KnownSince());
        Shared.Clear();
        for (var i = Unknown.Count - 1; i >= 0; i--)
        {
            var stream = Unknown[i];
            if (!_accounts[stream].IsKnown(known) || !IsSafe(batch, stream, late, out _))
                continue;
            Shared.Add(stream);
            Unknown.RemoveAt(i);
        }
    }

    /// <summary>Whether streams may still share a push that is to be sent again: what was charged for the last time may have been
    /// spent.</summary>
    public bool MayShareAgain(Batch batch, ReadOnlySpan<int> lines)
    {
        var (late, last, isSafe) = (LateBefore(), -1, true);
        foreach (var line in lines)
        {
            if (batch.Entries[line].Stream is var stream && stream != last)
                isSafe &= IsSafe(batch, last = stream, late, out _);
        }

        return isSafe;
    }

    // More than half of the bucket is left: whatever the model gets wrong has that much room.
    private bool IsSafe(Batch batch, int stream, long late, out double left)
    {
        ref readonly var lines = ref batch.Streams[stream];
        left = _accounts[stream].Charge(lines.Bytes + ((long)lines.Count * AddedBytes), ledger.Limits, time.GetTimestamp(),
            time.TimestampFrequency);
        return left > 0.5 && lines.Oldest >= late;
    }

    private long LateBefore() => (time.GetUtcNow() - ledger.Limits.LateAfter - DateTimeOffset.UnixEpoch).Ticks * 100;

    private long KnownSince() => Math.Max(0, time.GetTimestamp() - (long)(StreamLedger.Memory.TotalSeconds * time.TimestampFrequency));
}
