namespace Observability.LogGenerator.Verification;

/// <summary>How a line that the store shows differs from the one that was sent.</summary>
/// <param name="Sequence">The line's number; 0 when it can no longer be told.</param>
/// <param name="What">What is different, for people.</param>
internal sealed record LineChange(int Sequence, string What);
