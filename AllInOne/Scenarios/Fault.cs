using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.AllInOne.Scenarios;

/// <summary>Something that goes wrong between the collector and Kafka.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Duration">How long lines are sent.</param>
internal sealed record Fault(string Name, TimeSpan Duration)
{
    /// <summary>When Kafka goes away, from the start of the sending; null for never, zero for before the collector starts.</summary>
    public TimeSpan? AwayAt { get; init; }

    /// <summary>How long it is away.</summary>
    public TimeSpan AwayFor { get; init; }

    /// <summary>How many senders share the lines.</summary>
    public int Senders { get; init; } = 4;

    /// <summary>How long a sender waits for its answer.</summary>
    public TimeSpan SenderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of one line in each request that is larger than the others; 0 for none.</summary>
    public int LongLineBytes { get; init; }

    /// <summary>Changes the collector; a receiver elsewhere cannot be changed, and the fault is left out there.</summary>
    public Action<EmbeddedCollectorOptions>? Configure { get; init; }

    /// <summary>Takes Kafka away and brings it back.</summary>
    /// <returns>When it was back, by <paramref name="time"/>; null where it was never away.</returns>
    public async Task<long?> HappenAsync(EmbeddedKafkaBroker broker, TimeProvider time, CancellationToken stop)
    {
        if (AwayAt is not { } at)
            return null;
        if (at > TimeSpan.Zero)
        {
            await Task.Delay(at, time, stop);
            broker.TakeDown();
        }

        await Task.Delay(AwayFor, time, stop);
        broker.BringUp();
        return time.GetTimestamp();
    }
}
