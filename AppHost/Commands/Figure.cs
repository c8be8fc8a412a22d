namespace Observability.AppHost.Commands;

/// <summary>A row of what a command reports.</summary>
/// <param name="Name">What was counted.</param>
/// <param name="Value">How much of it.</param>
internal sealed record Figure(string Name, string Value);
