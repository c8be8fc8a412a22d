namespace Observability.Forwarder.Tests.Simulation;

/// <summary>A record of the simulated topic. Its line is its name, so that the store's lines lead back to it.</summary>
/// <param name="Partition">The partition's number.</param>
/// <param name="Generation">How often the partition was made anew before.</param>
/// <param name="Offset">The offset.</param>
/// <param name="Kind">What is to become of it.</param>
internal sealed record SimulatedRecord(int Partition, int Generation, long Offset, RecordKind Kind)
{
    public string Name { get; } = $"{(Kind == RecordKind.Refused ? "bad" : "good")} {Partition}/{Generation}/{Offset}";

    public byte[] Value { get; init; } = [];

    public byte[] Key { get; init; } = [];

    /// <summary>The times that the store shows the line at: more than one is a line shown twice.</summary>
    public HashSet<long> StoredAt { get; } = [];

    public bool IsStored => StoredAt.Count > 0;

    public int DeadLetters { get; set; }

    public bool IsDone => IsStored || DeadLetters > 0;
}
