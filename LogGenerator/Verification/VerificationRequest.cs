namespace Observability.LogGenerator.Verification;

/// <summary>What a verification sends, and how long it waits.</summary>
internal sealed record VerificationRequest
{
    /// <summary>The most lines that one run can verify: it keeps about 10 bytes of each.</summary>
    public const int MaximumLines = 100_000_000;

    /// <summary>The highest rate, in lines a second.</summary>
    public const double MaximumRate = 1_000_000;

    /// <summary>Marks the lines of this run: letters, digits, <c>-</c> and <c>_</c>, at most 64.</summary>
    public string RunId { get; init; } = NewRunId();

    /// <summary>How many lines are sent.</summary>
    public int Lines { get; init; } = 10_000;

    /// <summary>Lines a second.</summary>
    public double Rate { get; init; } = 10_000;

    /// <summary>The most lines that are sent but not yet seen; the writer waits at this point. It guards a broker that keeps little.</summary>
    public int MaxOutstanding { get; init; } = 100_000;

    /// <summary>How long to wait without a single further line arriving, before the rest counts as missing.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A run id that no other run has.</summary>
    public static string NewRunId() => Guid.NewGuid().ToString("N")[..16];

    /// <summary>Whether a text can be a run id.</summary>
    public static bool IsRunId(string text) =>
        text.Length is > 0 and <= 64 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
