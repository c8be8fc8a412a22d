namespace Observability.LogGenerator.Verification;

internal sealed partial class ContinuousVerifier
{
    [LoggerMessage(
        LogLevel.Error,
        "Verification {RunId}: of {Sent} lines {Missing} are missing, {Duplicated} are shown more than once, {Changed} "
        + "are changed")]
    private partial void LogFailed(string runId, int sent, int? missing, int? duplicated, int? changed);

    [LoggerMessage(LogLevel.Warning, "Verification {RunId}: {Lines} lines counted as missing came late")]
    private partial void LogLate(string runId, int lines);

    [LoggerMessage(LogLevel.Warning, "Verification {RunId} is not judged yet: {Reason}")]
    private partial void LogUnreachable(string runId, string? reason);

    [LoggerMessage(
        LogLevel.Warning,
        "The store no longer shows any line of verification {RunId}, which it had shown: it was restarted, or emptied "
        + "({Lines} lines)")]
    private partial void LogRestarted(string runId, int lines);

    [LoggerMessage(
        LogLevel.Warning,
        "The store no longer shows {Lines} lines of verification {RunId}, which it had shown: it keeps too little, or "
        + "was restarted under it")]
    private partial void LogForgotten(string runId, int lines);

    [LoggerMessage(
        LogLevel.Information,
        "Verified {Rounds} rounds so far, {FailedRounds} of them failed: of {Sent} lines {Missing} were missing "
        + "({Late} came late), {Duplicated} shown more than once, {Changed} changed, {Forgotten} forgotten")]
    private partial void LogTotals(long rounds, long failedRounds, long sent, long missing, long late, long duplicated, long changed,
        long forgotten);

    [LoggerMessage(LogLevel.Error, "A verification broke off")]
    private partial void LogBroken(Exception exception);
}
