using System.Collections.Concurrent;
using System.Reflection;
using Confluent.Kafka;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>Keeps what is produced, after the errors that a test has put in its way.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
internal class FakeProducer : DispatchProxy
#pragma warning restore CA1852
{
    public ConcurrentQueue<(string Topic, Message<byte[], byte[]> Message)> Messages { get; } = new();

    public ConcurrentQueue<Error> Errors { get; } = new();

    public static (IProducer<byte[], byte[]> Producer, FakeProducer Fake) Create()
    {
        var producer = Create<IProducer<byte[], byte[]>, FakeProducer>();
        return (producer, (FakeProducer)(object)producer);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(IProducer<byte[], byte[]>.ProduceAsync) || args is not [string topic, Message<byte[], byte[]> message, ..])
            throw new NotSupportedException(targetMethod?.Name);

        if (Errors.TryDequeue(out var error))
            return Task.FromException<DeliveryResult<byte[], byte[]>>(new ProduceException<byte[], byte[]>(error, new() { Topic = topic, Message = message }));
        Messages.Enqueue((topic, message));
        return Task.FromResult(new DeliveryResult<byte[], byte[]> { Topic = topic, Message = message });
    }
}
