namespace Observability.LogGenerator.Sinks;

/// <summary>The stream that stands for standard output, so that tests can read it.</summary>
/// <param name="Stream">The stream.</param>
internal sealed record StandardOutput(Stream Stream);
