namespace Observability.Forwarder.Kafka;

/// <inheritdoc cref="IWakeUp"/>
internal sealed class WakeUp : IWakeUp, IDisposable
{
    private readonly AutoResetEvent _event = new(false);

    /// <inheritdoc/>
    public void Set() => _event.Set();

    /// <inheritdoc/>
    public void Wait(TimeSpan timeout) => _event.WaitOne(timeout);

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
