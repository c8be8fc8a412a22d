using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>A clock that stands still and says what is waited for, so that a test can wait for the waiting.</summary>
internal sealed class TimerRecorder : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    public ValueTask<TimeSpan> NextTimerAsync(CancellationToken cancellationToken) => _timers.Reader.ReadAsync(cancellationToken);
}
