namespace Observability.LogGenerator.Verification;

/// <summary>How far a verification is.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Sent">Lines sent.</param>
/// <param name="Seen">Different lines seen in the store.</param>
/// <param name="FinallyRead">Lines read by the final read.</param>
internal readonly record struct VerificationProgress(VerificationPhase Phase, int Sent, int Seen, int FinallyRead);
