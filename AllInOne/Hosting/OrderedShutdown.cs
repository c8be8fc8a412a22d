using Confluent.Kafka;
using Observability.AllInOne.Flow;
using Observability.AllInOne.Settings;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.Faults;

namespace Observability.AllInOne.Hosting;

/// <summary>
/// Stops the parts in the order in which lines flow, before the host stops them in its own, which begins with the HTTP
/// server and so with the store: first the generator, then, when all that Kafka has is stored, the Forwarder.
/// </summary>
internal sealed class OrderedShutdown(
    IServiceProvider services,
    AllInOneSettings settings,
    EmbeddedKafkaBroker broker,
    FaultInjector faults,
    FlowMonitor flow,
    TimeProvider time)
        : IHostedLifecycleService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // What is away on purpose would keep the lines under way from arriving.
        faults.EndAll();
        await StopAsync(typeof(LogGeneratorExtensions), cancellationToken);
        if (settings.Forwarder)
        {
            await DrainAsync(cancellationToken);
            await StopAsync(typeof(ForwarderExtensions), cancellationToken);
        }

        await flow.SampleAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The host will stop them again, which does nothing then.
    private async Task StopAsync(Type partOf, CancellationToken cancellationToken)
    {
        foreach (var service in services.GetServices<IHostedService>()
            .Where(service => service.GetType().Assembly == partOf.Assembly).Reverse())
            await service.StopAsync(cancellationToken);
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.DrainTimeout);
        try
        {
            while (await broker.CountUncommittedAsync(settings.ForwarderGroup, PipelineTopics.Lines) > 0)
                await Task.Delay(Look, time, patience.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or KafkaException)
        {
            // The summary says what is missing.
        }
    }
}
