namespace Observability.Forwarder.Decoding;

/// <summary>What a level that is a number means.</summary>
internal enum LevelScale
{
    /// <summary>As bunyan and pino count: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal.</summary>
    Bunyan,

    /// <summary>As syslog counts (RFC 5424, section 6.2.1): 0 emergency to 7 debug.</summary>
    Syslog,
}
