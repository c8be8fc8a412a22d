using System.Runtime.CompilerServices;

namespace Observability.Forwarder.Lines;

/// <summary>The plans for all that tells of a line.</summary>
/// <param name="Resource">For its OTLP resource; <see langword="null"/> for none.</param>
/// <param name="Attributes">For the attributes of its OTLP record; <see langword="null"/> for none.</param>
/// <param name="Line">For its own fields.</param>
/// <param name="Inner">For those of a line within it; <see langword="null"/> for none.</param>
/// <param name="NamesOwnService">Whether a service that the line names goes before that of its resource.</param>
internal readonly record struct PlanCombination(
    LinePlan? Resource, LinePlan? Attributes, LinePlan Line, LinePlan? Inner, bool NamesOwnService)
{
    // The planner keeps one plan for the same fields, so the same plan is the same object.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(PlanCombination other) =>
        ReferenceEquals(Line, other.Line) && ReferenceEquals(Resource, other.Resource) && ReferenceEquals(Attributes, other.Attributes)
        && ReferenceEquals(Inner, other.Inner) && NamesOwnService == other.NamesOwnService;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        RuntimeHelpers.GetHashCode(Line), RuntimeHelpers.GetHashCode(Resource), RuntimeHelpers.GetHashCode(Attributes),
        RuntimeHelpers.GetHashCode(Inner), NamesOwnService);
}
