namespace Observability.AllInOne.Cli;

/// <summary>What the process says to a script.</summary>
internal static class ExitCode
{
    /// <summary>All is well: it was stopped, and every line had arrived.</summary>
    public const int Success = 0;

    /// <summary>A port is taken, or lines had not arrived when it stopped.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A second Ctrl-C stopped it at once.</summary>
    public const int Interrupted = 130;
}
