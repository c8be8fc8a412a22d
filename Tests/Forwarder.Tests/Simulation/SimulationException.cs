namespace Observability.Forwarder.Tests.Simulation;

/// <summary>A history in which the promise was broken: what was broken, and the way there.</summary>
internal sealed class SimulationException(ulong seed, Faults faults, string what, IEnumerable<string> history)
    : Exception(
        $"seed {seed}: {what}\nto see it again: new Simulation({seed}, (Faults){(int)faults}, isRecording: true).Run()\n{string.Join('\n', history)}");
