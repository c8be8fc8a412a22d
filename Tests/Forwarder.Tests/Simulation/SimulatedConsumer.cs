using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>A consumer of the simulated topic: rebalances come between any two records of a read, calls fail while they do.</summary>
internal sealed unsafe class SimulatedConsumer(Simulation simulation, PartitionAssignment assignment) : IRecordConsumer
{
    private const nint Topic = 1;

    private readonly List<(SimulatedPartition Partition, SimulatedRecord? Record)> _handed = [];
    private readonly NativeMessage[] _current = new NativeMessage[1];
    private bool _mustLeave;
    private bool _isChanging;

    public ref readonly NativeMessage this[int index]
    {
        get
        {
            var (partition, record) = _handed[index];
            if (record is not null)
                (partition.IsRead, partition.ReadGeneration) = (true, record.Generation);
            var key = record is null ? null : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(record.Key));
            _current[0] = record is null
                ? new NativeMessage((int)ErrorCode.Local_AllBrokersDown, Topic, partition.Number, partition.Position, default, null, 0)
                : new NativeMessage(0, Topic, record.Partition, record.Offset, record.Value, key, record.Key.Length);
            return ref _current[0];
        }
    }

    public void Subscribe(IReadOnlyList<string> topics)
    {
    }

    public void Unsubscribe() => _mustLeave = true;

    public void Detach() => _handed.Clear();

    public int Read(TimeSpan timeout, bool onlyFirst = false)
    {
        _handed.Clear();
        if (_mustLeave)
        {
            _mustLeave = false;
            Revoke([.. simulation.Partitions.Where(partition => partition.IsOwned)], areLost: false);
        }

        HandOut();
        if (simulation.Has(Faults.Rebalance) && simulation.Chance(8))
            Rebalance();
        else if (simulation.Chance(2))
            Assign();
        HandOut();
        if (simulation.Has(Faults.Client) && simulation.Chance(10))
            _handed.Insert(simulation.Random.Next(_handed.Count + 1), (simulation.Partitions[0], null));
        if (_handed.Count == 0)
            simulation.GoOn(timeout);
        return _handed.Count;
    }

    public string ErrorText(int index) => "all brokers are down";

    // Two records a millisecond, so that the digits below it must keep them apart.
    public long Timestamp(int index) => 1_757_857_500_000 + (_handed[index].Record!.Offset / 2);

    public IReadOnlyList<KeyValuePair<string, byte[]?>>? Headers(int index) => null;

    public string TopicName(nint topic) => "test-logs";

    public void Pause(IEnumerable<TopicPartition> partitions) => Change(partitions, isPaused: true);

    public void Resume(IEnumerable<TopicPartition> partitions) => Change(partitions, isPaused: false);

    public void StoreOffset(TopicPartitionOffset offset)
    {
        var partition = Held(offset.TopicPartition);
        if (simulation.IsRecording)
            simulation.Note($"stores {partition.Number}@{offset.Offset.Value}");
        partition.Stored = offset.Offset.Value;
        simulation.CheckAcknowledged(partition, partition.Stored);
    }

    public void Commit(TopicPartitionOffset offset)
    {
        var partition = Held(offset.TopicPartition);
        simulation.Note($"commits {partition.Number}@{offset.Offset.Value}");
        if (partition.ReadGeneration != partition.Generation)
            throw new KafkaException(ErrorCode.UnknownTopicOrPart);
        partition.Committed = partition.Stored = offset.Offset.Value;
        partition.IsNews = false;
        simulation.CheckAcknowledged(partition, partition.Committed);
    }

    public void Seek(TopicPartitionOffset offset) => throw new NotSupportedException();

    public Offset EndOf(TopicPartition partition) => simulation.Partitions[partition.Partition.Value].Records.Count;

    public Offset PositionOf(TopicPartition partition) => simulation.Partitions[partition.Partition.Value].Position;

    /// <summary>librdkafka's timer: of what is stored it commits what is larger than what is committed.</summary>
    public void CommitStored()
    {
        foreach (var partition in simulation.Partitions.Where(
            partition => partition.IsOwned && !partition.IsNews && partition.Stored > partition.Committed))
            partition.Committed = partition.Stored;
    }

    /// <summary>Gives all partitions back, as <c>Close</c> does.</summary>
    public void Close()
    {
        CommitStored();
        foreach (var partition in simulation.Partitions)
            partition.IsOwned = false;
    }

    /// <summary>Assigns what is not assigned.</summary>
    public void Assign()
    {
        var free = simulation.Partitions.Where(
            partition => !partition.IsOwned && (!simulation.Has(Faults.Rebalance) || simulation.Chance(2))).ToList();
        if (free.Count == 0)
            return;

        foreach (var partition in free)
        {
            partition.IsOwned = true;
            partition.IsPaused = partition.IsRead = partition.IsNews = false;
            partition.Stored = -1;
            // auto.offset.reset: what is not there any more is read from the start.
            partition.Position = partition.Committed >= 0 && partition.Committed <= partition.Records.Count ? partition.Committed : 0;
        }

        if (simulation.IsRecording)
            simulation.Note("assigned " + string.Join(",", free.Select(partition => $"{partition.Number}@{partition.Position}")));
        assignment.OnAssigned([.. free.Select(partition => partition.Partition)]);
    }

    private void HandOut()
    {
        foreach (var partition in simulation.Partitions.Where(partition => partition.IsOwned && !partition.IsPaused))
        {
            var count = Math.Min(simulation.Random.Next(6), partition.Records.Count - partition.Position);
            for (var i = 0; i < count; i++)
                _handed.Add((partition, partition.Records[(int)partition.Position++]));
        }

        if (simulation.IsRecording && _handed.Count > 0)
            simulation.Note("hands out " + string.Join(", ", _handed.Select(handed => handed.Record?.Name ?? "an error")));
    }

    private void Rebalance()
    {
        var going = simulation.Partitions.Where(partition => partition.IsOwned && simulation.Chance(2)).ToList();
        if (going.Count > 0)
        {
            Revoke(going, areLost: simulation.Chance(3));
            // Whoever has them now works in good order, and may have given them back before this read ends.
            foreach (var partition in going.Where(_ => simulation.Chance(2)))
                simulation.WorkElsewhere(partition);
        }

        if (simulation.Chance(2))
            Assign();
    }

    private void Revoke(List<SimulatedPartition> going, bool areLost)
    {
        if (simulation.IsRecording)
            simulation.Note((areLost ? "lost " : "revoking ") + string.Join(",", going.Select(partition => partition.Number)));
        _isChanging = areLost;
        assignment.OnRevoked(going.Select(partition => partition.Partition), areLost);
        _isChanging = false;
        if (!areLost)
            CommitStored();
        foreach (var partition in going)
        {
            partition.IsOwned = false;
            partition.IsNews = false;
        }
    }

    private void Change(IEnumerable<TopicPartition> partitions, bool isPaused)
    {
        foreach (var partition in partitions)
            Held(partition).IsPaused = isPaused;
    }

    private SimulatedPartition Held(TopicPartition partition)
    {
        var held = simulation.Partitions[partition.Partition.Value];
        if (_isChanging || !held.IsOwned || (simulation.Has(Faults.Client) && simulation.Chance(20)))
            throw new KafkaException(ErrorCode.Local_State);
        return held;
    }
}
