namespace Observability.Forwarder.Delivery;

/// <summary>What an answer of Loki means for the lines that were sent.</summary>
internal enum PushVerdict
{
    /// <summary>All stored.</summary>
    Stored,

    /// <summary>Some are invalid; the others were stored. Sending them again is harmless: Loki de-duplicates.</summary>
    Invalid,

    /// <summary>Too much at once.</summary>
    TooLarge,

    /// <summary>Not stored, or not known to be: send the same again later.</summary>
    Retry,
}
