using Confluent.Kafka;
using Observability.Forwarder.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class NativeClientTests
{
    [Fact]
    public void The_pinned_client_gives_its_native_handle()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = "127.0.0.1:1", GroupId = "none" })
            .SetLogHandler((_, _) => { })
            .Build();

        using var client = new ClientLease(consumer.Handle);

        var queue = NativeMethods.QueueGetConsumer(client.Native);
        Assert.NotEqual(0, queue);
        NativeMethods.QueueDestroy(queue);
    }
}
