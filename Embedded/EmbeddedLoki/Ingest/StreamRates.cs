using System.Collections.Concurrent;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Limits;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// The rate of each stream, all its shards together, as the ingester measures it and the distributor smooths it
/// (pkg/ingester/stream_rate_calculator.go, pkg/distributor/ratestore.go, v3.7.6): per second, each second weighing 0.4.
/// Nothing is kept when <see cref="EmbeddedLokiOptions.ShardStreams"/> is off.
/// </summary>
internal sealed class StreamRates(EmbeddedLokiOptions options, TimeProvider time)
{
    private const double Smoothing = 0.4;

    /// <summary>After so many seconds without a push the rate is forgotten, as the distributor does after ten minutes.</summary>
    private const int KeepAliveSeconds = 600;

    private readonly ConcurrentDictionary<LabelSet, Rate> _rates = [];
    private readonly long _began = time.GetTimestamp();

    private long Second => (long)time.GetElapsedTime(_began).TotalSeconds;

    /// <summary>Counts a push to a stream or a shard of one.</summary>
    public void Record(LabelSet labels, LabelSet unsharded, long bytes)
    {
        if (!options.ShardStreams)
            return;
        var rate = _rates.GetOrAdd(unsharded, static _ => new());
        lock (rate)
        {
            rate.MoveTo(Second);
            rate.Bytes += bytes;
            rate.PushesByShard[labels] = rate.PushesByShard.GetValueOrDefault(labels) + 1;
        }
    }

    /// <summary>Into how many shards a push of a stream is to be divided; 1 for none.</summary>
    /// <param name="unsharded">The stream's labels.</param>
    /// <param name="pushBytes">Bytes of lines and metadata in the push.</param>
    public int ShardsFor(LabelSet unsharded, long pushBytes)
    {
        if (!options.ShardStreams || !_rates.TryGetValue(unsharded, out var rate))
            return 1;
        lock (rate)
        {
            rate.MoveTo(Second);
            // The first push of a stream is not divided, since its rate is not known yet.
            if (rate.PushesPerSecond == 0)
                return 1;
            var expected = rate.BytesPerSecond + (long)(pushBytes * Math.Min(rate.PushesPerSecond, 1));
            return (int)Math.Max(1, Math.Ceiling(expected / (double)options.ShardStreamsDesiredRateBytes));
        }
    }

    /// <summary>The number of the first shard of a push: each push goes on where the one before has ended.</summary>
    public int NextShard(LabelSet unsharded, int count)
    {
        var rate = _rates.GetOrAdd(unsharded, static _ => new());
        lock (rate)
        {
            var first = rate.NextShard;
            rate.NextShard = unchecked(first + count) & int.MaxValue;
            return first;
        }
    }

    private sealed class Rate
    {
        private long _second = -1;
        private bool _measured;

        public long Bytes { get; set; }

        public Dictionary<LabelSet, long> PushesByShard { get; } = [];

        public long BytesPerSecond { get; private set; }

        public double PushesPerSecond { get; private set; }

        public int NextShard { get; set; }

        /// <summary>Takes the seconds that have ended since into the average.</summary>
        public void MoveTo(long second)
        {
            if (_second < 0)
                _second = second;
            if (second - _second > KeepAliveSeconds)
            {
                (BytesPerSecond, PushesPerSecond, Bytes, _measured, _second) = (0, 0, 0, false, second);
                PushesByShard.Clear();
            }

            for (; _second < second; _second++)
            {
                var pushes = PushesByShard.Count == 0 ? 0 : PushesByShard.Values.Max();
                if (_measured)
                {
                    BytesPerSecond = (long)((Smoothing * Bytes) + ((1 - Smoothing) * BytesPerSecond));
                    PushesPerSecond = (Smoothing * pushes) + ((1 - Smoothing) * PushesPerSecond);
                }
                else if (pushes > 0)
                {
                    (BytesPerSecond, PushesPerSecond, _measured) = (Bytes, pushes, true);
                }

                Bytes = 0;
                PushesByShard.Clear();
            }
        }
    }
}
