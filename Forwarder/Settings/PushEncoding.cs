namespace Observability.Forwarder.Settings;

/// <summary>The body of a push.</summary>
public enum PushEncoding
{
    /// <summary>Protobuf in a snappy block: smallest and fastest.</summary>
    Protobuf,

    /// <summary>JSON, gzipped: readable by anything between here and Loki.</summary>
    Json,
}
