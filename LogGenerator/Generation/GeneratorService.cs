using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Sinks;

namespace Observability.LogGenerator.Generation;

/// <summary>Runs the generator as long as the host runs, or until its lines or duration are reached.</summary>
internal sealed partial class GeneratorService(
    LogGeneratorSettings settings,
    GeneratorEngine engine,
    SinkSet sinks,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<GeneratorService> logger) : BackgroundService
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Completes when a run with an end has come to it, fails when a sink has failed for good.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Whether a run with an end has come to it.</summary>
    public bool IsFinished { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogStarted(logger, settings.Rate, settings.Pattern.Name, settings.Seed, sinks.Names);
        return Completion = RunAsync(stoppingToken);
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        // The host's start-up must not wait for a loop that may never have to.
        await Task.Yield();
        try
        {
            await engine.RunAsync(stoppingToken);
            IsFinished = true;
            LogFinished(logger, engine.Lines, engine.Elapsed);
            if (settings.StopsHost)
                lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await FlushAsync();
            LogStopped(logger, engine.Lines);
        }
    }

    // What the sinks hold was counted as sent: it is delivered even now, unless the target has gone.
    private async Task FlushAsync()
    {
        using var patience = new CancellationTokenSource(FlushTimeout, time);
        foreach (var sink in sinks)
        {
            try
            {
                await sink.FlushAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                LogGivenUp(logger, sink.Name, FlushTimeout);
            }
        }
    }
}
