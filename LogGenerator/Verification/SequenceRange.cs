namespace Observability.LogGenerator.Verification;

/// <summary>Numbers of lines, both ends included.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
internal readonly record struct SequenceRange(int First, int Last);
