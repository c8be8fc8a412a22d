namespace Observability.Forwarder.Decoding;

/// <summary>What the value of an OTLP field in JSON becomes in protobuf.</summary>
internal enum OtlpJsonKind
{
    Text,
    Unsigned64,
    Signed64,
    Boolean,
    Real,
    Base64,

    /// <summary>Bytes in hex: OTLP's one difference from ProtoJSON.</summary>
    Hex,

    /// <summary>A severity number, as a number or by its name in the .proto file.</summary>
    Severity,

    /// <summary>A message, or several in an array.</summary>
    Message,
}
