using Observability.Embedded.Faults;

namespace Observability.Embedded.EmbeddedLoki.Faults;

/// <summary>The store is away: each connection ends without an answer, those of requests under way too.</summary>
internal sealed class StoreOutage() : InjectedFault(
    "loki-outage", "loki", "Loki is away: connections end without an answer; afterwards it is back with all that it had."), IDisposable
{
    private CancellationTokenSource _breaks = new();
    private volatile bool _isOn;
    private long _requests;

    public override bool TakesPartDown => true;

    public override IReadOnlyDictionary<string, long> Counts =>
        new Dictionary<string, long> { ["requests"] = Volatile.Read(ref _requests) };

    public override void Begin(IReadOnlyDictionary<string, int> arguments)
    {
        Volatile.Write(ref _requests, 0);
        _isOn = true;
        _breaks.Cancel();
    }

    public override void End()
    {
        // In this order: a request that sees no outage must not find that it was broken off.
        _breaks = new CancellationTokenSource();
        _isOn = false;
    }

    public RequestDelegate Around(RequestDelegate next) => async context =>
    {
        if (_isOn)
        {
            Interlocked.Increment(ref _requests);
            context.Abort();
            return;
        }

        using var breaks = _breaks.Token.Register(static request => ((HttpContext)request!).Abort(), context);
        await next(context);
    };

    public void Dispose() => _breaks.Dispose();
}
