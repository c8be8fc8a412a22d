namespace Observability.LogGenerator.Verification;

/// <summary>What a verification is doing.</summary>
internal enum VerificationPhase
{
    /// <summary>Lines are sent, and looked for at the same time.</summary>
    Sending,

    /// <summary>All lines are sent; some are still looked for.</summary>
    Waiting,

    /// <summary>The store is read as a whole.</summary>
    Reading,
}
