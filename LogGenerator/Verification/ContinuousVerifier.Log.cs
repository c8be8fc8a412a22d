namespace Observability.LogGenerator.Verification;

internal sealed partial class ContinuousVerifier
{
    [LoggerMessage(LogLevel.Error, "Verification {RunId}: of {Sent} lines {Missing} are missing and {Duplicated} are shown more than once")]
    private partial void LogFailed(string runId, int sent, int missing, int duplicated);

    [LoggerMessage(LogLevel.Warning, "Verification {RunId}: {Lines} lines counted as missing came late")]
    private partial void LogLate(string runId, int lines);

    [LoggerMessage(LogLevel.Warning, "Verification {RunId} is not judged yet: {Reason}")]
    private partial void LogUnreachable(string runId, string? reason);

    [LoggerMessage(LogLevel.Error, "A verification broke off")]
    private partial void LogBroken(Exception exception);
}
