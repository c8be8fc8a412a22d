using Confluent.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder;

/// <summary>Runs the <see cref="Pipeline"/> on a thread of its own, since reading from Kafka blocks.</summary>
internal sealed partial class ForwarderService(
    Pipeline pipeline,
    IConsumer<byte[], byte[]> consumer,
    IHostApplicationLifetime lifetime,
    ILogger<ForwarderService> logger) : BackgroundService
{
    private static readonly TimeSpan BrokerPatience = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Factory.StartNew(
        () => Run(stoppingToken),
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Run(CancellationToken stoppingToken)
    {
        try
        {
            pipeline.Run(stoppingToken);
        }
#pragma warning disable CA1031 // Whatever it is: it is said, the process ends with a failure, and whoever runs it starts it again from the committed offsets.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(exception, exception.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }

        if (!BrokerAnswers())
        {
            // Without a coordinator Close() would wait for session.timeout.ms. What it would commit is sent again, and shown once.
            LogNotCommitted();
            return;
        }

        try
        {
            // Commits what is stored and leaves the group, so that the others take over at once.
            consumer.Close();
            LogStopped();
        }
        catch (KafkaException exception) when (exception.Error.IsFatal)
        {
            // What ended the loop is said once more. Nothing is to be left: the group has let go of this consumer.
        }
    }

    private bool BrokerAnswers()
    {
        try
        {
            ClientLease.GetMetadata(consumer.Handle, BrokerPatience);
            return true;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Critical, "The Forwarder cannot go on: {Reason}")]
    private partial void LogFailed(Exception exception, string reason);

    [LoggerMessage(LogLevel.Warning,
        "Stopped without the last commit, since no broker answers: the lines since the last one are sent again after a start, and shown "
            + "once")]
    private partial void LogNotCommitted();

    [LoggerMessage(LogLevel.Information, "Stopped: offsets committed, group left")]
    private partial void LogStopped();
}
