namespace Observability.LogGenerator.Verification;

internal sealed partial class ContinuousVerifier
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Verification {RunId}: of {Sent} lines {Missing} are missing and {Duplicated} are shown more than once")]
    private static partial void LogFailed(ILogger logger, string runId, int sent, int missing, int duplicated);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Verification {RunId}: {Lines} lines counted as missing came late")]
    private static partial void LogLate(ILogger logger, string runId, int lines);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Verification {RunId} is not judged yet: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string runId, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A verification broke off")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
