namespace Observability.LogGenerator.Lines;

/// <summary>What a sink with a structure of its own (OTLP) needs to know of a line without reading it.</summary>
/// <param name="Severity">The line's level.</param>
/// <param name="Service">The service that the line says it comes from.</param>
/// <param name="Format">How the line is written.</param>
internal readonly record struct LineInfo(LineSeverity Severity, ServiceName Service, LineFormat Format);
