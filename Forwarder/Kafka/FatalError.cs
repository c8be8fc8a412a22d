namespace Observability.Forwarder.Kafka;

/// <summary>The first thing that the Forwarder cannot recover from. Any thread reports it; the loop ends with it.</summary>
internal sealed class FatalError
{
    private Exception? _exception;

    /// <summary>Whether an error was reported.</summary>
    public bool IsReported => Volatile.Read(ref _exception) is not null;

    /// <summary>Reports an error. Later ones are mostly its consequences, and are left out.</summary>
    public void Report(Exception exception) => Interlocked.CompareExchange(ref _exception, exception, null);

    /// <summary>Ends the caller when an error was reported.</summary>
    /// <exception cref="InvalidOperationException">An error was reported; it is the inner exception.</exception>
    public void ThrowIfReported()
    {
        if (Volatile.Read(ref _exception) is { } exception)
            throw new InvalidOperationException(exception.Message, exception);
    }
}
