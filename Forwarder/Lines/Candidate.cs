using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Lines;

/// <summary>A field from which a target may take its value.</summary>
/// <param name="Target">The target's index in <see cref="LabelSchema.Targets"/>.</param>
/// <param name="Source">What carries the field.</param>
/// <param name="Field">The field's handle.</param>
internal readonly record struct Candidate(int Target, FieldSource Source, int Field);
