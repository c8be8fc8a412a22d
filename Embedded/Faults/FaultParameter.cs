namespace Observability.Embedded.Faults;

/// <summary>A whole number that a fault is begun with.</summary>
/// <param name="Name">Its name in a request.</param>
/// <param name="Description">What it says, with its unit.</param>
/// <param name="Default">What holds where it is left out.</param>
/// <param name="Least">The least that is accepted.</param>
/// <param name="Most">The most that is accepted.</param>
public sealed record FaultParameter(string Name, string Description, int Default, int Least, int Most);
