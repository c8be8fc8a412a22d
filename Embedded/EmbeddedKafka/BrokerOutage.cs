using Observability.Embedded.Faults;

namespace Observability.Embedded.EmbeddedKafka;

/// <summary>The broker is away: open connections break and new ones are refused. What it holds is still there afterwards.</summary>
internal sealed class BrokerOutage(EmbeddedKafkaBroker broker) : InjectedFault(
    "kafka-outage", "kafka", "Kafka is away: connections break and are refused; afterwards it is back with all that it had.")
{
    public override bool TakesPartDown => true;

    public override IReadOnlyDictionary<string, long> Counts { get; } = new Dictionary<string, long>();

    public override void Begin(IReadOnlyDictionary<string, int> arguments) => broker.TakeDown();

    public override void End() => broker.BringUp();
}
