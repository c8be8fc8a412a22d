namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>A rate limiter with a burst, as golang.org/x/time/rate has it: a request larger than what is left takes nothing.</summary>
internal sealed class TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private double _tokens;
    private long _last;

    public TokenBucket(double perSecond, double burst, TimeProvider time)
    {
        (_perSecond, _burst, _time) = (perSecond, burst, time);
        _tokens = burst;
        _last = time.GetTimestamp();
    }

    public bool TryTake(long count)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_last, now).TotalSeconds * _perSecond));
            _last = now;
            if (_tokens < count)
                return false;
            _tokens -= count;
            return true;
        }
    }
}
