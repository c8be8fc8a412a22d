using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.Faults;

namespace Observability.Embedded.EmbeddedLoki.Faults;

/// <summary>
/// The store limits the tenant's rate, and says so as Loki does. The burst is half as much again, as with Loki's own defaults.
/// </summary>
internal sealed class LimitingStore(TimeProvider time) : InjectedFault(
    "loki-limit", "loki", "Loki limits the rate: a push that exceeds it is answered with 429.", RateParameter)
{
    private const double BurstFactor = 1.5;

    private volatile Limit? _limit;
    private long _pushes;
    private long _lines;

    public override IReadOnlyDictionary<string, long> Counts => new Dictionary<string, long>
    {
        ["pushes"] = Volatile.Read(ref _pushes),
        ["lines"] = Volatile.Read(ref _lines),
    };

    private static FaultParameter RateParameter { get; } =
        new("rate", "bytes of lines and metadata that are taken, a second", 50_000, 100, 1_000_000_000);

    public override void Begin(IReadOnlyDictionary<string, int> arguments)
    {
        Volatile.Write(ref _pushes, 0);
        Volatile.Write(ref _lines, 0);
        var rate = arguments[RateParameter.Name];
        _limit = new(rate, new TokenBucket(rate, rate * BurstFactor, time));
    }

    public override void End() => _limit = null;

    /// <summary>The rate that a push exceeds, in bytes a second; null when it exceeds none.</summary>
    public int? Refuse(int lines, long bytes)
    {
        if (_limit is not { } limit || limit.Bucket.TryTake(bytes))
            return null;
        Interlocked.Increment(ref _pushes);
        Interlocked.Add(ref _lines, lines);
        return limit.Rate;
    }

    private sealed record Limit(int Rate, TokenBucket Bucket);
}
