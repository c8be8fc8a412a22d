namespace Observability.Forwarder.Tests.Simulation;

/// <summary>What is to become of a record.</summary>
internal enum RecordKind
{
    /// <summary>A line that the store takes.</summary>
    Good,

    /// <summary>A line that the store refuses for good.</summary>
    Refused,

    /// <summary>No value, so a dead letter.</summary>
    Empty,
}
