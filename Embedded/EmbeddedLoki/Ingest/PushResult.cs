namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>The answer to a push.</summary>
/// <param name="StatusCode">204, or 260, 400, 422, 429.</param>
/// <param name="Error">Loki's words; empty for 204.</param>
internal readonly record struct PushResult(int StatusCode, string Error)
{
    public static readonly PushResult Accepted = new(204, "");
}
