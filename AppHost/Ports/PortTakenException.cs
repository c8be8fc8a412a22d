namespace Observability.AppHost.Ports;

/// <summary>Ports that the run needs are taken. The message is one line that says which, by whom they are needed, and what to do.</summary>
/// <param name="taken">The ports that are taken, one at least.</param>
internal sealed class PortTakenException(IReadOnlyList<FixedPort> taken) : Exception(Describe(taken))
{
    private static string Describe(IReadOnlyList<FixedPort> taken)
    {
        var which = taken is [var only]
            ? $"Port {only.Port} of {only.User} is taken: stop what listens there, or choose another with"
            : $"Ports {string.Join(", ", taken.Select(port => $"{port.Port} ({port.User})"))} are taken: "
                + "stop what listens there, such as another AppHost, or choose others with";
        return $"{which} {string.Join(" ", taken.Select(port => port.WayToAnother).Distinct())}";
    }
}
