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

    /// <summary>The largest value that the topic takes.</summary>
    public int MaxValue { get; set; } = int.MaxValue;

    public static (IProducer<byte[], byte[]> Producer, FakeProducer Fake) Create()
    {
        var producer = Create<IProducer<byte[], byte[]>, FakeProducer>();
        return (producer, (FakeProducer)(object)producer);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(IProducer<byte[], byte[]>.ProduceAsync)
            || args is not [string topic, Message<byte[], byte[]> message, ..])
            throw new NotSupportedException(targetMethod?.Name);

        if (message.Value is { } value && value.Length > MaxValue)
            return Fail(new Error(ErrorCode.MsgSizeTooLarge));
        if (Errors.TryDequeue(out var error))
            return Fail(error);
        Messages.Enqueue((topic, message));
        return Task.FromResult(new DeliveryResult<byte[], byte[]> { Topic = topic, Message = message });

        Task<DeliveryResult<byte[], byte[]>> Fail(Error error) =>
            Task.FromException<DeliveryResult<byte[], byte[]>>(
                new ProduceException<byte[], byte[]>(error, new() { Topic = topic, Message = message }));
    }
}
