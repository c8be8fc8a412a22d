namespace Observability.LogGenerator.Generation;

internal sealed partial class GeneratorService
{
    [LoggerMessage(LogLevel.Information, "Generating {Rate} lines/s, pattern {Pattern}, seed {Seed}, to {Sinks}")]
    private partial void LogStarted(double rate, string pattern, ulong seed, string sinks);

    [LoggerMessage(LogLevel.Information, "Finished after {Lines} lines in {Elapsed}")]
    private partial void LogFinished(long lines, TimeSpan elapsed);

    [LoggerMessage(LogLevel.Information, "Stopped after {Lines} lines")]
    private partial void LogStopped(long lines);

    [LoggerMessage(LogLevel.Warning, "Sink {Sink} did not deliver its last lines within {Timeout}: they are given up")]
    private partial void LogGivenUp(string sink, TimeSpan timeout);

    [LoggerMessage(LogLevel.Error, "The generator cannot go on: {Reason}")]
    private partial void LogFailed(string reason);
}
