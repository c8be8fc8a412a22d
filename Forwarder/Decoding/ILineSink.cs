namespace Observability.Forwarder.Decoding;

/// <summary>
/// Where a decoder puts what it finds in a record: the fields of a line first, then the line itself. Every span is
/// consumed before the call returns, so that a decoder can point into its input.
/// </summary>
internal interface ILineSink
{
    /// <summary>Asks whether a field is wanted, so that nobody converts what nobody keeps.</summary>
    /// <param name="name">The field's name in UTF-8.</param>
    /// <returns>A handle for <see cref="SetField"/>, or -1.</returns>
    int FindField(ReadOnlySpan<byte> name);

    /// <summary>Whether everything that a wanted field feeds has a value already.</summary>
    bool HasField(int field);

    /// <summary>Gives a wanted field its value, which also resolves which of several sources wins.</summary>
    void SetField(int field, ReadOnlySpan<byte> value);

    /// <summary>Gives the line its time, unless 0: Unix time in nanoseconds.</summary>
    void SetTimestamp(long nanoseconds);

    /// <summary>Makes the fields set so far those of every line that follows, until <see cref="ClearFields"/>: the attributes of an OTLP resource.</summary>
    void ShareFields();

    /// <summary>Forgets all fields, shared ones too.</summary>
    void ClearFields();

    /// <summary>Ends a line. Fields that are not shared are forgotten.</summary>
    void AddLine(ReadOnlySpan<byte> line);
}
