namespace Observability.Forwarder.Decoding;

/// <summary>A field of an OTLP message in JSON.</summary>
/// <param name="Name">Its name in camelCase, as OTLP has it.</param>
/// <param name="OriginalName">Its name in the .proto file, which a ProtoJSON parser takes as well.</param>
/// <param name="Number">Its number in protobuf.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Message">The kind of message, when it is one.</param>
internal sealed record OtlpJsonField(byte[] Name, byte[] OriginalName, int Number, OtlpJsonKind Kind, OtlpJsonMessage Message = default);
