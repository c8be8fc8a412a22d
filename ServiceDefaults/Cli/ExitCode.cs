namespace Observability.ServiceDefaults.Cli;

/// <summary>What a program says to a script when it ends: the same numbers for every program.</summary>
public static class ExitCode
{
    /// <summary>All is well.</summary>
    public const int Success = 0;

    /// <summary>It ran and found a fault: lines are missing, a sink failed, the Forwarder could not go on.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong, or an address to listen on is taken. Nothing has been done.</summary>
    public const int Usage = 2;

    /// <summary>The broker, the receiver or the store cannot be reached, so nothing was found out.</summary>
    public const int Unreachable = 3;

    /// <summary>It was stopped before it could finish (Ctrl-C).</summary>
    public const int Interrupted = 130;

    /// <summary>The list, for <c>--help</c>.</summary>
    public const string Help =
        "Exit codes: 0 all is well; 1 it ran and found a fault; 2 an argument or a setting is wrong, or an address is in use; "
        + "3 something cannot be reached; 130 stopped before the end.";
}
