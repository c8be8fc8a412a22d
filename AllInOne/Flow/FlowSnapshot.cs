namespace Observability.AllInOne.Flow;

/// <summary>What flows, at one moment: what <c>/api/flow</c> answers, and what the console and the summary show.</summary>
/// <param name="UptimeSeconds">Seconds since the start.</param>
/// <param name="Generated">Lines that the generator handed to Kafka's producer; the verifier's are not among them.</param>
/// <param name="InKafka">Records that Kafka took, from whomever.</param>
/// <param name="Forwarded">Lines that the Forwarder decoded.</param>
/// <param name="Stored">Lines that the store took, each counted once however often it was sent.</param>
/// <param name="Lag">Records that the Forwarder has yet to deal with.</param>
/// <param name="P50Ms">Half of the lines of the last ten seconds took no longer to be stored, in milliseconds; null when there were
/// none.</param>
/// <param name="P95Ms">95 % of them took no longer, in milliseconds.</param>
/// <param name="DeadLettered">Lines that went to the dead-letter topic.</param>
/// <param name="Retries">Pushes to the store that had to be repeated.</param>
/// <param name="Deduplicated">Lines that the store had already when they came again.</param>
/// <param name="Uncommitted">Records that the Forwarder has not committed; the lag runs about a second ahead of it.</param>
/// <param name="Missing">Lines whose records are committed and that are neither stored nor dead-lettered: lost.</param>
/// <param name="Paused">Whether the Forwarder reads nothing because the store does not keep up.</param>
/// <param name="StoreBytes">Memory that the store uses, in bytes.</param>
/// <param name="StoreCapacity">Memory that it may use, in bytes.</param>
/// <param name="Streams">Streams in the store.</param>
/// <param name="Evicted">Lines that the store dropped, the oldest first, to stay within its memory.</param>
internal sealed record FlowSnapshot(
    double UptimeSeconds,
    Hop Generated,
    Hop InKafka,
    Hop Forwarded,
    Hop Stored,
    long Lag,
    double? P50Ms,
    double? P95Ms,
    long DeadLettered,
    long Retries,
    long Deduplicated,
    long Uncommitted,
    long Missing,
    bool Paused,
    long StoreBytes,
    long StoreCapacity,
    int Streams,
    long Evicted);
