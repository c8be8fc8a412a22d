namespace Observability.LogGenerator.Control;

/// <summary>A change of the generator; what is absent stays as it is.</summary>
/// <param name="Rate">Lines a second, from 0.001 to 10,000,000.</param>
/// <param name="Pattern">The name of a pattern; it begins anew, even if it is the present one.</param>
internal sealed record GeneratorChange(double? Rate, string? Pattern);
