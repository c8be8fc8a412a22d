namespace Observability.Fuzzing.Tests.Killing;

/// <summary>What else is wrong when a Forwarder is killed.</summary>
public enum KillFault
{
    /// <summary>Nothing but lines that the store refuses.</summary>
    RefusedLines,

    /// <summary>The store has no room for half of the streams, and a stream's rate is limited.</summary>
    StreamLimits,

    /// <summary>Pushes are stored, and their answers lost.</summary>
    LostAnswers,

    /// <summary>Connections break.</summary>
    Resets,

    /// <summary>The store does not answer in time, or late.</summary>
    Hangs,

    /// <summary>500.</summary>
    ServerErrors,

    /// <summary>503 with <c>Retry-After</c>.</summary>
    RetryAfter,

    /// <summary>429 and 260.</summary>
    RateLimit,

    /// <summary>Answers of something that is not Loki.</summary>
    ForeignAnswers,

    /// <summary>The broker goes away, and comes back.</summary>
    BrokerAway,

    /// <summary>The broker refuses commits, writes, reads and heartbeats for a while.</summary>
    BrokerErrors,

    /// <summary>Two Forwarders share the partitions, and one of them is killed.</summary>
    ChangingHands,
}
