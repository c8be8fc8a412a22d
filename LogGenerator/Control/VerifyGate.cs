namespace Observability.LogGenerator.Control;

/// <summary>Lets one verification at a time through: two would each slow the other, and measure that.</summary>
internal sealed class VerifyGate
{
    private int _taken;

    public bool TryEnter() => Interlocked.Exchange(ref _taken, 1) == 0;

    public void Leave() => Volatile.Write(ref _taken, 0);
}
