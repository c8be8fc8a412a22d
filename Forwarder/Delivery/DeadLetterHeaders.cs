namespace Observability.Forwarder.Delivery;

/// <summary>The headers that a dead letter carries beside those of the original record.</summary>
internal static class DeadLetterHeaders
{
    /// <summary>What they all start with.</summary>
    public const string Prefix = "dead-letter.";

    /// <summary>The topic that the record was read from.</summary>
    public const string Topic = Prefix + "topic";

    /// <summary>Its partition there, as text.</summary>
    public const string Partition = Prefix + "partition";

    /// <summary>Its offset there, as text.</summary>
    public const string Offset = Prefix + "offset";

    /// <summary>Why, as in the metrics.</summary>
    public const string Reason = Prefix + "reason";

    /// <summary>Loki's words.</summary>
    public const string Message = Prefix + "message";

    /// <summary>When it was given up (RFC 3339).</summary>
    public const string Time = Prefix + "time";

    /// <summary>The lines of the record that were refused, counted from 0 and separated by commas; the others are stored.</summary>
    public const string Lines = Prefix + "lines";

    /// <summary>On a replayed record: <c>topic/partition/offset</c> of where it first stood. Timestamps are made from that, so a line that was stored then is not shown twice now.</summary>
    public const string Origin = "forwarder.origin";
}
