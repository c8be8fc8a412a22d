using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>
/// Keeps librdkafka's client in place while it is used. Confluent.Kafka hands its pointer out without: whoever closes or disposes of a
/// client while another thread asks it something (<c>GetMetadata</c> blocks for seconds) frees it under that thread, and the process ends
/// with a segmentation fault. With a lease the client is freed when the last one is given back.
/// </summary>
public sealed class ClientLease : IDisposable
{
    private readonly SafeHandle _client;
    private int _isDisposed;

    /// <summary>Takes a lease.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ObjectDisposedException">The client is closed.</exception>
    public ClientLease(Handle client)
    {
        ArgumentNullException.ThrowIfNull(client);

        _client = (SafeHandle)GetLibrdkafkaHandle(client);
        var added = false;
        _client.DangerousAddRef(ref added);
    }

    /// <summary>The <c>rd_kafka_t*</c>, valid until the lease is given back.</summary>
    public nint Native => _client.DangerousGetHandle();

    /// <summary>Asks a broker for the cluster's metadata, and waits for the answer.</summary>
    /// <param name="client">The client over whose connections it asks.</param>
    /// <param name="timeout">How long the answer may take.</param>
    /// <exception cref="KafkaException">No broker answers.</exception>
    /// <exception cref="ObjectDisposedException">The client is closed.</exception>
    public static Metadata GetMetadata(Handle client, TimeSpan timeout)
    {
        using var lease = new ClientLease(client);
        using var admin = new DependentAdminClientBuilder(client).Build();
        return admin.GetMetadata(timeout);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            _client.DangerousRelease();
    }

    // Confluent.Kafka keeps it internal; ClientLeaseTests fails when an upgrade moves it.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object GetLibrdkafkaHandle(Handle handle);
}
