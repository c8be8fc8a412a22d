using Observability.Embedded.Faults;

namespace Observability.Embedded.EmbeddedLoki.Faults;

/// <summary>The store takes its time: each request waits before it is looked at, and is dropped when its client leaves meanwhile.</summary>
internal sealed class SlowStore(TimeProvider time) : InjectedFault(
    "loki-slow", "loki", "Loki is slow: each request waits before it is looked at.", DelayParameter)
{
    private volatile Period? _period;
    private long _requests;

    public override IReadOnlyDictionary<string, long> Counts =>
        new Dictionary<string, long> { ["requests"] = Volatile.Read(ref _requests) };

    private static FaultParameter DelayParameter { get; } = new("delay", "how long a request waits, in milliseconds", 2000, 1, 600_000);

    public override void Begin(IReadOnlyDictionary<string, int> arguments)
    {
        Volatile.Write(ref _requests, 0);
        _period = new(TimeSpan.FromMilliseconds(arguments[DelayParameter.Name]), new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    public override void End()
    {
        _period?.Over.SetResult();
        _period = null;
    }

    public RequestDelegate Around(RequestDelegate next) => async context =>
    {
        if (_period is { } period)
        {
            Interlocked.Increment(ref _requests);
            await Task.WhenAny(Task.Delay(period.Delay, time, context.RequestAborted), period.Over.Task);
            context.RequestAborted.ThrowIfCancellationRequested();
        }

        await next(context);
    };

    private sealed record Period(TimeSpan Delay, TaskCompletionSource Over);
}
