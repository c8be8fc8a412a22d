using System.Reflection;
using Confluent.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

/// <summary>A client whose closing is seen. Its broker is that of a real one.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
internal class ClosingConsumer : DispatchProxy
#pragma warning restore CA1852
{
    private Handle? _handle;

    public bool IsClosed { get; private set; }

    public static (IConsumer<byte[], byte[]> Consumer, ClosingConsumer Fake) Create(Handle handle)
    {
        var consumer = Create<IConsumer<byte[], byte[]>, ClosingConsumer>();
        var fake = (ClosingConsumer)(object)consumer;
        fake._handle = handle;
        return (consumer, fake);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod?.Name)
        {
            case "get_" + nameof(IConsumer<byte[], byte[]>.Handle):
                return _handle;
            case nameof(IConsumer<byte[], byte[]>.Close):
                IsClosed = true;
                return null;
            default:
                throw new NotSupportedException(targetMethod?.Name);
        }
    }
}
