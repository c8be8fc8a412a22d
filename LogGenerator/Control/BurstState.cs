namespace Observability.LogGenerator.Control;

/// <summary>A burst that is on.</summary>
/// <param name="Factor">By how much it multiplies the rate.</param>
/// <param name="RemainingSeconds">How much longer it lasts, in seconds.</param>
internal sealed record BurstState(double Factor, double RemainingSeconds);
