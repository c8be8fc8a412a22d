using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

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
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Why the run cannot go on; null when it can.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether a run with an end has come to it.</summary>
    public bool IsFinished { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogStarted(settings.Rate, settings.Pattern, settings.Seed, sinks.Names);

        // The host's start-up must not wait for a loop that may never have to.
        await Task.Yield();
        try
        {
            await RunAsync(stoppingToken);
            IsFinished = true;
            LogFinished(engine.Lines, engine.Elapsed);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await FlushAsync();
            LogStopped(engine.Lines);
            return;
        }
#pragma warning disable CA1031 // Whatever it is: it is kept for who runs the generator, and must not end a host that does more.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failure = exception;
            if (!settings.StopsHost)
                LogFailed(exception.Message);
        }

        if (settings.StopsHost)
            lifetime.StopApplication();
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var running = engine.RunAsync(giveUp.Token);
        try
        {
            if (settings.Timeout is { } timeout && await WatchAsync(running, timeout, stoppingToken) is { } trouble)
                throw new UnreachableException(trouble);
            await running;
        }
        finally
        {
            await giveUp.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Watches whether the sinks take and deliver anything; says what is wrong when they have not for too long.
    private async Task<string?> WatchAsync(Task running, TimeSpan timeout, CancellationToken stoppingToken)
    {
        var (settled, since) = (-1L, time.GetTimestamp());
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(Look, time, stoppingToken));
            stoppingToken.ThrowIfCancellationRequested();
            var waits = engine.IsSending || sinks.Any(sink => sink.PendingLines > 0);
            if (!waits || sinks.SettledLines != settled)
                (settled, since) = (sinks.SettledLines, time.GetTimestamp());
            else if (time.GetElapsedTime(since) >= timeout)
                return Stalled(timeout);
        }

        return null;
    }

    private string Stalled(TimeSpan timeout)
    {
        var sink = sinks.FirstOrDefault(sink => sink.PendingLines > 0 || sink.Trouble is not null) ?? sinks.First();
        return $"The sink {sink.Name} took nothing for {Durations.Format(timeout)}: {sink.Trouble ?? "its target does not answer"}";
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
                LogGivenUp(sink.Name, FlushTimeout);
            }
        }
    }
}
