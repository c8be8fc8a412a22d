namespace Observability.LogGenerator.Lines;

/// <summary>The kinds of lines, and the mixes that the patterns draw from.</summary>
internal static class LineCatalogue
{
    private static readonly RequestProcessedLine RequestProcessed = new();
    private static readonly DatabaseFailedLine DatabaseFailed = new();
    private static readonly CacheHitLine CacheHit = new();
    private static readonly HttpRequestLine HttpRequest = new();
    private static readonly StackTraceLine StackTrace = new();
    private static readonly TextStackTraceLine TextStackTrace = new();
    private static readonly MalformedLine Malformed = new();

    /// <summary>What a shop's services write on an ordinary day: a little of everything, mostly JSON, mostly well.</summary>
    public static LineMix Everyday { get; } = new(
        (RequestProcessed, 250),
        (DatabaseFailed, 40),
        (CacheHit, 160),
        (HttpRequest, 220),
        (new OrderPlacedLine(), 80),
        (new PaymentLine(), 80),
        (new SlowQueryLine(), 20),
        (new LoginFailedLine(), 20),
        (StackTrace, 10),
        (TextStackTrace, 4),
        (new LogfmtLine(), 60),
        (new PlainTextLine(), 40),
        (new BatchJobLine(), 10),
        (new LongLine(4_096, 16_384), 1),
        (Malformed, 5));

    /// <summary>A dependency is down, and everybody says so.</summary>
    public static LineMix Errors { get; } = new(
        (DatabaseFailed, 60),
        (StackTrace, 25),
        (TextStackTrace, 5),
        (HttpRequest, 5),
        (RequestProcessed, 5));

    /// <summary>Services and identifiers that hardly ever repeat.</summary>
    public static LineMix HighCardinality { get; } = new((new HighCardinalityLine(), 1));

    /// <summary>Long lines, up to just under Loki's limit of 256 KB.</summary>
    public static LineMix Large { get; } = new((new LongLine(8_192, 65_536), 9), (new LongLine(65_536, 250_000), 1));

    /// <summary>Half of the lines cannot be parsed.</summary>
    public static LineMix Broken { get; } = new((Malformed, 50), (RequestProcessed, 30), (HttpRequest, 20));
}
