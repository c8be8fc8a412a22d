using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Export;

/// <summary>What a sender is told.</summary>
/// <param name="Response">What was taken, and what was refused for good; null when the sender shall try again.</param>
/// <param name="Reason">Why it shall try again.</param>
internal readonly record struct ExportAnswer(ExportLogsServiceResponse? Response, string Reason)
{
    public static ExportAnswer TryAgain(string reason) => new(null, reason);
}
