namespace Observability.Forwarder.Delivery;

/// <summary>Sends a push to Loki and says what the answer means.</summary>
internal interface IPushClient
{
    /// <summary>Sends a push.</summary>
    /// <param name="body">What <see cref="PushEncoder"/> made.</param>
    /// <param name="tenant">The tenant in UTF-8; empty for the configured one.</param>
    /// <param name="cancellationToken">Gives up, by exception.</param>
    /// <returns>The answer's status, or 0 without one, and what it means.</returns>
    Task<(int Status, PushAnswer Answer)> PushAsync(ReadOnlyMemory<byte> body, byte[] tenant, CancellationToken cancellationToken);
}
