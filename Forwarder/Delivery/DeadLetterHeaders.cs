namespace Observability.Forwarder.Delivery;

/// <summary>The headers that a dead letter carries beside those of the original record, and those of a replayed record.</summary>
internal static class DeadLetterHeaders
{
    /// <summary>The start of the name of every dead-letter header. A record's own headers of such a name are dropped.</summary>
    public const string Prefix = "dead-letter.";

    /// <summary>The start of the name of every header of a replayed record. A record's own headers of such a name are dropped.</summary>
    public const string ReplayPrefix = "forwarder.";

    /// <summary>The topic that the record was first read from.</summary>
    public const string Topic = Prefix + "topic";

    /// <summary>The record's partition there, as text.</summary>
    public const string Partition = Prefix + "partition";

    /// <summary>The record's offset there, as text.</summary>
    public const string Offset = Prefix + "offset";

    /// <summary>Why, as in the metrics.</summary>
    public const string Reason = Prefix + "reason";

    /// <summary>Loki's words about the first of the refused lines.</summary>
    public const string Message = Prefix + "message";

    /// <summary>When the record was given up (RFC 3339).</summary>
    public const string Time = Prefix + "time";

    /// <summary>The lines of the record that were refused, counted from 0, as in <c>0,4-7,12</c>; the others are stored. Absent when the
    /// record has no lines.</summary>
    public const string Lines = Prefix + "lines";

    /// <summary>What the letter holds where the record was too large for the topic: <see cref="LineForm"/> or <see cref="OriginForm"/>.
    /// Absent for the record itself.</summary>
    public const string Form = Prefix + "form";

    /// <summary>The refused line alone is the letter's value.</summary>
    public const string LineForm = "line";

    /// <summary>The letter has no value: its headers say where the record stood and why it was refused.</summary>
    public const string OriginForm = "origin";

    /// <summary>On a replayed record: <c>topic/partition/offset</c> of where it first stood. Timestamps are made from that, so a line that
    /// was stored then is not shown twice now.</summary>
    public const string Origin = ReplayPrefix + "origin";

    /// <summary>On a replayed record: the lines of it that are to be stored, as in <see cref="Lines"/>. Absent for all.</summary>
    public const string WantedLines = ReplayPrefix + "lines";
}
