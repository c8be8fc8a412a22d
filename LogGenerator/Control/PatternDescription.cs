namespace Observability.LogGenerator.Control;

/// <summary>A pattern to choose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
internal sealed record PatternDescription(string Name, string Description);
