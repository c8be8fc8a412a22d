namespace Observability.Forwarder.Lines;

/// <summary>What a field may be wanted for: a label, structured metadata, or the tenant.</summary>
/// <param name="Name">The name that Loki gets.</param>
/// <param name="Sources">The fields and attributes that the settings name for it, the best one first.</param>
internal sealed record LineTarget(string Name, IReadOnlyList<string> Sources);
