using Observability.LogGenerator.Patterns;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>What one verification sends, and how long it waits: the section <c>LogGenerator:VerifyRun</c>.</summary>
public sealed record VerificationRequest
{
    /// <summary>The most lines that one run can verify: it keeps about 10 bytes of each.</summary>
    public const int MaximumLines = 100_000_000;

    /// <summary>The highest rate, in lines a second.</summary>
    public const double MaximumRate = 1_000_000;

    [Setting("marks the lines of this run", Value = "ID", Default = "a new one")]
    public string RunId { get; init; } = NewRunId();

    [Setting("how many lines to send", Least = 1, Most = MaximumLines)]
    public int Lines { get; init; } = 10_000;

    [Setting("lines a second", Least = 0.001, Most = MaximumRate)]
    public double Rate { get; init; } = 10_000;

    /// <summary>The writer waits at this point: it guards a broker that keeps little.</summary>
    [Setting("the most lines sent but not yet seen", Least = 1)]
    public int MaxOutstanding { get; init; } = 100_000;

    [Setting("how long to wait without a single further line arriving, before the rest counts as missing", Least = "100ms", Most = "1d")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    [Setting("sends the lines of a pattern of the generator instead of plain numbered ones", Value = "NAME", Default = "none")]
    public string? Pattern { get; init; }

    [Setting("judges metric queries as well: count_over_time must count the lines that the store shows")]
    public bool Metrics { get; init; }

    /// <summary>The pattern that <see cref="Pattern"/> names; null for plain lines.</summary>
    internal LinePattern? LinePattern => Pattern is not null && LinePatterns.TryGet(Pattern, out var pattern) ? pattern : null;

    /// <summary>A run id that no other run has.</summary>
    public static string NewRunId() => Guid.NewGuid().ToString("N")[..16];

    /// <summary>Whether a text can be a run id: letters, digits, <c>-</c> and <c>_</c>, at most 64.</summary>
    /// <param name="text">The text.</param>
    public static bool IsRunId(string text) =>
        text is { Length: > 0 and <= 64 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
