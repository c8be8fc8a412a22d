using Observability.Fuzzing.Tests.Forwarding;

namespace Observability.Fuzzing.Tests.Killing;

/// <summary>A broker that is away until this is disposed of.</summary>
internal sealed class BrokenBroker : IAsyncDisposable
{
    private static readonly TimeSpan Away = TimeSpan.FromMilliseconds(500);

    private readonly Run? _run;

    /// <param name="run">Whose broker goes away; null for none.</param>
    public BrokenBroker(Run? run)
    {
        _run = run;
        if (run is null)
            return;
        run.IsBrokerAway = true;
        run.Broker.TakeDown();
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is null)
            return;
        await Task.Delay(Away);
        _run.Broker.BringUp();
        _run.IsBrokerAway = false;
    }
}
