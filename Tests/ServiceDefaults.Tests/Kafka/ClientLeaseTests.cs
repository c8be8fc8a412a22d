using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Observability.ServiceDefaults.Tests.Kafka;

public sealed class ClientLeaseTests
{
    [Fact]
    public void The_pinned_client_gives_its_native_handle()
    {
        using var producer = Producer(1);
        using var lease = new ClientLease(producer.Handle);

        Assert.NotEqual(0, lease.Native);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_is_closed_lives_until_the_last_lease_is_given_back()
    {
        var ct = TestContext.Current.CancellationToken;
        using var broker = new TcpListener(IPAddress.Loopback, 0);
        broker.Start();
        var producer = Producer(((IPEndPoint)broker.LocalEndpoint).Port);
        var handle = producer.Handle;
        using var connection = await broker.AcceptSocketAsync(ct);
        var lease = new ClientLease(handle);

        producer.Dispose();

        Assert.False(IsClosed(connection));

        lease.Dispose();
        Assert.True(IsClosed(connection));
        Assert.Throws<ObjectDisposedException>(() => new ClientLease(handle));
    }

    // What the client has sent goes first.
    private static bool IsClosed(Socket connection)
    {
        var sent = new byte[1024];
        while (connection.Poll(0, SelectMode.SelectRead))
        {
            if (connection.Receive(sent) == 0)
                return true;
        }

        return false;
    }

    private static IProducer<Null, byte[]> Producer(int port) =>
        new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = $"127.0.0.1:{port}" })
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
}
