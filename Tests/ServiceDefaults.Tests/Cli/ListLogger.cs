using Microsoft.Extensions.Logging;

namespace Observability.ServiceDefaults.Tests.Cli;

/// <summary>Keeps what is logged from Information up.</summary>
internal sealed class ListLogger(List<string> lines) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(lines, categoryName);

    public void Dispose()
    {
        // Nothing to give back.
    }

    private sealed class Logger(List<string> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (lines)
                lines.Add($"{category}: {formatter(state, exception)}\n");
        }
    }
}
