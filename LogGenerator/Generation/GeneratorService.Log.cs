namespace Observability.LogGenerator.Generation;

internal sealed partial class GeneratorService
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Generating {Rate} lines/s, pattern {Pattern}, seed {Seed}, to {Sinks}")]
    private static partial void LogStarted(ILogger logger, double rate, string pattern, ulong seed, string sinks);

    [LoggerMessage(Level = LogLevel.Information, Message = "Finished after {Lines} lines in {Elapsed}")]
    private static partial void LogFinished(ILogger logger, long lines, TimeSpan elapsed);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped after {Lines} lines")]
    private static partial void LogStopped(ILogger logger, long lines);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sink {Sink} did not deliver its last lines within {Timeout}: they are given up")]
    private static partial void LogGivenUp(ILogger logger, string sink, TimeSpan timeout);
}
