namespace Observability.Forwarder.Decoding;

/// <summary>Where a field was found, from the source that says most about a line's labels to the one that says least.</summary>
internal enum FieldSource
{
    /// <summary>An attribute of an OTLP resource: what sent the line.</summary>
    Resource,

    /// <summary>An attribute of an OTLP log record.</summary>
    Attribute,

    /// <summary>A field of the line itself.</summary>
    Line,

    /// <summary>A field of the line that an envelope carries in one of its own fields.</summary>
    Inner,

    /// <summary>An attribute, or the name, of an OTLP scope: kept, but never a label.</summary>
    Scope,
}
