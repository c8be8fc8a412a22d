namespace Observability.Forwarder.Tests.Simulation;

/// <summary>What may go wrong in a history.</summary>
[Flags]
internal enum Faults
{
    None = 0,

    /// <summary>Answers of the store that are late, lost, missing or wrong.</summary>
    Store = 1,

    /// <summary>Partitions that are revoked, lost, and come back, also within one read; others that work on them meanwhile.</summary>
    Rebalance = 2,

    /// <summary>SIGKILL: all that is not committed is forgotten.</summary>
    Crash = 4,

    /// <summary>Calls of the consumer that fail, and errors among the records.</summary>
    Client = 8,

    /// <summary>A dead-letter topic that takes no writes for a while.</summary>
    DeadLetters = 16,

    /// <summary>A topic that is deleted and made anew.</summary>
    Truncation = 32,

    /// <summary>Stops in good order, followed by a start.</summary>
    Restart = 64,

    /// <summary>A stream that is always at its limit. All of its lines are in partition 0, and all lines of partition 0 are its.</summary>
    HotStream = 128,

    /// <summary>Dead letters of partition 1 that the topic never takes.</summary>
    UntakenLetters = 256,

    All = Store | Rebalance | Crash | Client | DeadLetters | Truncation | Restart | HotStream | UntakenLetters,
}
