namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>Where a record first stood, which is what its dead letter names.</summary>
internal readonly record struct RecordOrigin(string Topic, int Partition, long Offset);
