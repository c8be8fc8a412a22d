namespace Observability.Embedded.Faults;

/// <summary>A fault that can be begun, and what became of it when it was.</summary>
/// <param name="Name">Its name, such as <c>loki-outage</c>.</param>
/// <param name="Part">The part that fails: <c>kafka</c> or <c>loki</c>.</param>
/// <param name="Summary">What goes wrong, in a sentence.</param>
/// <param name="Parameters">What it can be begun with.</param>
/// <param name="Active">The run that is on; null when none is.</param>
/// <param name="Last">The run that ended last; null when none has.</param>
public sealed record FaultState(
    string Name, string Part, string Summary, IReadOnlyList<FaultParameter> Parameters, FaultRun? Active, FaultRun? Last);
