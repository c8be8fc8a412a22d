using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests;

/// <summary>A wait is what a test says that happens meanwhile.</summary>
internal sealed class ManualWakeUp : IWakeUp
{
    // A wait that nothing ends would hang the tests.
    private const int MaxWaits = 1000;

    /// <summary>What happens within a wait of the length given.</summary>
    public Action<TimeSpan> OnWait { get; set; } = _ => { };

    /// <summary>The number of waits so far.</summary>
    public int Waits { get; private set; }

    public void Set()
    {
        // A wait ends when its action does.
    }

    public void Wait(TimeSpan timeout)
    {
        if (++Waits > MaxWaits)
            throw new InvalidOperationException("The wait does not end.");
        OnWait(timeout);
    }
}
