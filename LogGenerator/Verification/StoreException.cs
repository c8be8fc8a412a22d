namespace Observability.LogGenerator.Verification;

/// <summary>The store could not be asked, or gave no answer of use.</summary>
/// <param name="message">What happened, with the store's address.</param>
/// <param name="isFinal">Whether asking again is of no use, as after a 400 or a 401.</param>
/// <param name="inner">The cause.</param>
internal sealed class StoreException(string message, bool isFinal, Exception? inner = null) : Exception(message, inner)
{
    public bool IsFinal { get; } = isFinal;
}
