using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Tests.Kafka;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>A partition as the broker has it, and where its readers stand.</summary>
internal sealed class SimulatedPartition(int number)
{
    /// <summary>The partition whose lines are of a stream of their own; see <see cref="Faults.HotStream"/>.</summary>
    public const int HotNumber = 0;

    /// <summary>The partition whose dead letters are not taken; see <see cref="Faults.UntakenLetters"/>.</summary>
    public const int UntakenNumber = 1;

    private static readonly byte[] Empty = FakeMessage.Pinned([]);

    public TopicPartition Partition { get; } = new("test-logs", number);

    public int Number { get; } = number;

    public int Generation { get; private set; }

    public List<SimulatedRecord> Records { get; private set; } = [];

    /// <summary>All that ever was in it.</summary>
    public Dictionary<string, SimulatedRecord> ByName { get; } = [];

    /// <summary>What the group has committed, or -1.</summary>
    public long Committed { get; set; } = -1;

    /// <summary>What the member has stored to be committed, or -1.</summary>
    public long Stored { get; set; } = -1;

    /// <summary>Where the member reads next.</summary>
    public long Position { get; set; }

    public bool IsOwned { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>The generation of the record that the member got last.</summary>
    public int ReadGeneration { get; set; }

    /// <summary>Whether the member has records of it since it was assigned.</summary>
    public bool IsRead { get; set; }

    /// <summary>
    /// Whether the partition was made anew under a member that has records of the former one, and has not said yet that it knows. What it
    /// wants to commit meanwhile is of the former topic, which a broker tells by the topic's id.
    /// </summary>
    public bool IsNews { get; set; }

    public void Append(RecordKind kind)
    {
        var record = new SimulatedRecord(Number, Generation, Records.Count, kind);
        var name = FakeMessage.Pinned(Encoding.UTF8.GetBytes(record.Name));
        var value = Number == HotNumber
            ? FakeMessage.Pinned(Encoding.UTF8.GetBytes($$"""{"service":"hot","name":"{{record.Name}}"}"""))
            : name;
        record = record with { Key = name, Value = kind == RecordKind.Empty ? Empty : value };
        Records.Add(record);
        ByName.Add(record.Name, record);
    }

    /// <summary>The topic is deleted and made anew: the broker forgets the group's offsets as well.</summary>
    public void MakeAnew()
    {
        Generation++;
        Records = [];
        Committed = Stored = -1;
        Position = 0;
        IsNews = IsOwned && IsRead;
    }
}
