namespace Observability.LogGenerator.Cli;

/// <summary>What a command runs with, so that tests can run it in their own process.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error, for people.</param>
/// <param name="Started">Told about the host's addresses once it listens; null when nobody asks.</param>
internal sealed record CommandContext(Stream Output, TextWriter Error, Action<IReadOnlyCollection<string>>? Started = null)
{
    /// <summary>Whether standard error is a terminal, where progress can be shown.</summary>
    public bool IsTerminal { get; init; }
}
