using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>While the loop waits, the world goes on.</summary>
internal sealed class SimulatedWakeUp(Simulation simulation) : IWakeUp
{
    public void Set()
    {
        // The simulation ends each wait by itself.
    }

    public void Wait(TimeSpan timeout) => simulation.GoOn(timeout);
}
