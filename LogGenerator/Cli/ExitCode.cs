namespace Observability.LogGenerator.Cli;

/// <summary>What the process says to a script.</summary>
internal static class ExitCode
{
    /// <summary>All is well.</summary>
    public const int Success = 0;

    /// <summary>Lines are missing or shown twice, or a sink failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The broker or the store cannot be reached, so nothing was found out.</summary>
    public const int Unreachable = 3;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
