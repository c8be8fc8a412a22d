namespace Observability.Forwarder.Decoding;

/// <summary>
/// Where a decoder puts what it finds in a record: the fields of a line first, then the line itself. Every span is
/// consumed before the call returns, so that a decoder can point into its input.
/// </summary>
internal interface ILineSink
{
    /// <summary>What <see cref="FindField"/> looks into: as long as it is the same object, a name has the same handle.</summary>
    object Fields { get; }

    /// <summary>Asks whether a field is wanted, so that nobody converts what nobody keeps.</summary>
    /// <param name="path">The field's name in UTF-8; of a nested field the names from the outermost on, joined by dots.</param>
    /// <returns>A handle for <see cref="SetField"/>, or -1.</returns>
    int FindField(ReadOnlySpan<byte> path);

    /// <summary>Whether a nested field of this one may be wanted.</summary>
    bool IsParent(ReadOnlySpan<byte> path);

    /// <summary>Gives a wanted field its value. An empty one is no value; of two values the last one counts.</summary>
    void SetField(int field, FieldSource source, ReadOnlySpan<byte> value);

    /// <summary>Gives an OTLP attribute: a field when one of this name is wanted, and structured metadata when it becomes no
    /// label.</summary>
    void AddAttribute(FieldSource source, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

    /// <summary>Gives the level and the time that a text line begins with; each may be empty.</summary>
    void SetHead(FieldSource source, ReadOnlySpan<byte> level, ParsedTime time);

    /// <summary>Gives the severity of an OTLP record, which goes before any level that its line tells.</summary>
    /// <param name="text">Its text; empty for none.</param>
    /// <param name="number">Its number, 1 to 24; others say nothing.</param>
    void SetSeverity(ReadOnlySpan<byte> text, int number);

    /// <summary>Gives the time of an OTLP record, which goes before any time that its line tells. 0 is none.</summary>
    void SetTime(ParsedTime time);

    /// <summary>Gives the time at which an OTLP record was collected, in nanoseconds of Unix time, for a line that tells no time. 0 is
    /// none.</summary>
    void SetObservedTime(long nanoseconds);

    /// <summary>Gives what tells a line from every other one, also when its sender repeats it (<c>log.record.uid</c>).</summary>
    void SetIdentifier(ReadOnlySpan<byte> identifier);

    /// <summary>Gives the trace of an OTLP record whose sender has sampled it.</summary>
    /// <param name="traceId">The trace's 16 bytes.</param>
    /// <param name="spanId">The 8 bytes of the span that the line is part of.</param>
    void SetTrace(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId);

    /// <summary>Says that the record may hold several lines.</summary>
    void BeginSeveral();

    /// <summary>The field of an envelope that holds the line of which it is the envelope, once its fields are set; empty for
    /// none.</summary>
    ReadOnlySpan<byte> FindInner();

    /// <summary>Makes the fields set so far those of every line that follows, until <see cref="ClearFields"/>: the attributes of an OTLP
    /// resource.</summary>
    void ShareFields();

    /// <summary>Forgets all fields, shared ones too.</summary>
    void ClearFields();

    /// <summary>Ends a line. Fields that are not shared are forgotten.</summary>
    void AddLine(ReadOnlySpan<byte> line);
}
