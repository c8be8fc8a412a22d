using System.Reflection;
using System.Text;
using Confluent.Kafka;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>A producer whose writes end when the simulation says so.</summary>
#pragma warning disable CA1852 // The proxy derives from it.
internal class SimulatedDeadLetters : DispatchProxy
#pragma warning restore CA1852
{
    private readonly List<(TaskCompletionSource<DeliveryResult<byte[], byte[]>> Written, Message<byte[], byte[]> Message)> _waiting = [];
    private readonly List<(TaskCompletionSource<DeliveryResult<byte[], byte[]>> Written, Message<byte[], byte[]> Message)> _untaken = [];
    private Simulation _simulation = null!;

    public int Waiting
    {
        get
        {
            if (!_simulation.Has(Faults.UntakenLetters))
            {
                _waiting.AddRange(_untaken);
                _untaken.Clear();
            }

            return _waiting.Count;
        }
    }

    public static (IProducer<byte[], byte[]> Producer, SimulatedDeadLetters Topic) Create(Simulation simulation)
    {
        var producer = Create<IProducer<byte[], byte[]>, SimulatedDeadLetters>();
        var topic = (SimulatedDeadLetters)(object)producer;
        topic._simulation = simulation;
        return (producer, topic);
    }

    public void EndOne()
    {
        var index = _simulation.Random.Next(_waiting.Count);
        var (written, message) = _waiting[index];
        _waiting.RemoveAt(index);
        var name = Encoding.UTF8.GetString(message.Key);
        if (_simulation.Has(Faults.DeadLetters) && _simulation.Random.Next(3) == 0)
        {
            _simulation.Note("the dead-letter topic takes no write");
            written.SetException(new ProduceException<byte[], byte[]>(new Error(ErrorCode.NotEnoughReplicas), new() { Message = message }));
            return;
        }

        _simulation.Keep(name);
        written.SetResult(new() { Message = message });
    }

    /// <summary>The process is gone.</summary>
    public void ForgetAll()
    {
        _waiting.Clear();
        _untaken.Clear();
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (args is not [string, Message<byte[], byte[]> message, ..])
            throw new NotSupportedException(targetMethod?.Name);

        var written = new TaskCompletionSource<DeliveryResult<byte[], byte[]>>();
        var partition = Simulation.PartitionOf(Encoding.UTF8.GetString(message.Key));
        var isUntaken = partition == SimulatedPartition.UntakenNumber && _simulation.Has(Faults.UntakenLetters);
        (isUntaken ? _untaken : _waiting).Add((written, message));
        return written.Task;
    }
}
