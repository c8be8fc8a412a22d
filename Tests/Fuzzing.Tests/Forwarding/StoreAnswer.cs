namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>What a push is met with.</summary>
internal enum StoreAnswer
{
    /// <summary>The embedded store's own: 204, or a refusal in Loki's words.</summary>
    Own,

    /// <summary>The same, late.</summary>
    Slow,

    /// <summary>The push is stored, and the connection breaks instead of an answer.</summary>
    Lost,

    /// <summary>The push is stored, and its answer ends halfway.</summary>
    LostHalfway,

    /// <summary>The connection breaks, nothing is stored.</summary>
    Reset,

    /// <summary>An answer ends halfway, nothing is stored.</summary>
    Halfway,

    /// <summary>No answer until the sender gives up.</summary>
    Hang,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>503 with <c>Retry-After</c>.</summary>
    Unavailable,

    /// <summary>500 with the words of a gRPC message that is too large, for a large push; else the store's own.</summary>
    MessageTooLarge,

    /// <summary>429 in Loki's words: the rate limit of the tenant.</summary>
    RateLimit,

    /// <summary>260: ingestion is blocked.</summary>
    Blocked,

    /// <summary>400 of something that is not Loki.</summary>
    ForeignBadRequest,

    /// <summary>404 of something that is not Loki.</summary>
    ForeignNotFound,

    /// <summary>200 of something that is not Loki.</summary>
    ForeignPage,
}
