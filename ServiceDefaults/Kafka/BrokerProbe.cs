using Confluent.Kafka;
using Observability.ServiceDefaults.Cli;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>Asks a broker whether it is there, before a command begins what would wait for it.</summary>
public static class BrokerProbe
{
    /// <summary>Asks for the cluster's metadata over a client's own connections.</summary>
    /// <param name="client">The client's handle.</param>
    /// <param name="servers">The bootstrap servers, for the message.</param>
    /// <param name="timeout">How long an answer may take.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="UnreachableException">No broker answers.</exception>
    public static async Task RequireAsync(Handle client, string? servers, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            // Blocks: librdkafka has no other way to ask.
            await Task.Run(() => ClientLease.GetMetadata(client, timeout), CancellationToken.None).WaitAsync(cancellationToken);
        }
        catch (KafkaException exception)
        {
            throw new UnreachableException($"The broker at {servers} cannot be reached: {exception.Error.Reason}", exception);
        }
    }
}
