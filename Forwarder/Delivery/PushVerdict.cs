namespace Observability.Forwarder.Delivery;

/// <summary>What an answer of Loki means for the lines that were sent.</summary>
internal enum PushVerdict
{
    /// <summary>All stored.</summary>
    Stored,

    /// <summary>Some are invalid and will be for ever; the others were stored. Sending them again is harmless: Loki
    /// de-duplicates.</summary>
    Invalid,

    /// <summary>Too much at once.</summary>
    TooLarge,

    /// <summary>Loki has no room for another stream: those that it knows are welcome.</summary>
    NoRoom,

    /// <summary>More bytes than a rate limit allows: later, or in smaller pieces. Of a single stream some lines may be stored.</summary>
    RateLimited,

    /// <summary>Not stored, or not known to be: send the same again later.</summary>
    Retry,
}
