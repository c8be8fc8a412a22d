namespace Observability.Forwarder.Kafka;

/// <summary>Lets the consuming thread wait for work that others do.</summary>
internal interface IWakeUp
{
    /// <summary>Ends the wait, or the next one.</summary>
    void Set();

    /// <summary>Waits until somebody calls <see cref="Set"/>, or the time is up.</summary>
    /// <param name="timeout">How long at the most.</param>
    void Wait(TimeSpan timeout);
}
