namespace Observability.AppHost.Ports;

/// <summary>A port that the run needs to be free.</summary>
/// <param name="Port">The port.</param>
/// <param name="User">The resource that listens there.</param>
/// <param name="WayToAnother">The argument that chooses another, or where it is set.</param>
internal sealed record FixedPort(int Port, string User, string WayToAnother);
