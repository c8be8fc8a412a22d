using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Observability.AppHost.Publishing;

/// <summary>
/// Why publishing failed, in one line. Aspire 13.6 logs a step's failure four times over, each time with its stack traces: on the console
/// those give way to this.
/// </summary>
internal sealed class PublishingFailure : ILoggerProvider, ILogger
{
    private const string Executor = "Aspire.Hosting.Publishing.PipelineExecutor";
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private string? _message;

    /// <summary>The first failure; null while there is none.</summary>
    public string? Message => _message;

    /// <summary>Listens to the pipeline, and keeps its failures from the console.</summary>
    public static PublishingFailure ListenTo(IServiceCollection services)
    {
        var failure = new PublishingFailure();
        services.AddLogging(logging => logging.AddProvider(failure).AddFilter<ConsoleLoggerProvider>(Executor,
            LogLevel.None).AddFilter<ConsoleLoggerProvider>(Host, LogLevel.None));
        return failure;
    }

    public ILogger CreateLogger(string categoryName) =>
        categoryName is Executor or Host ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Error)
            return;

        var message = exception?.GetBaseException().Message is { } cause && formatter(state, null) is var said
            && !said.Contains(cause, StringComparison.Ordinal)
            ? $"{said.TrimEnd('.')}: {cause}"
            : formatter(state, null);
        Interlocked.CompareExchange(ref _message, message.ReplaceLineEndings(" "), null);
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
