namespace Observability.Forwarder.Lines;

/// <summary>An OTLP attribute that is to be kept as structured metadata.</summary>
internal readonly record struct KeptAttribute(Place Name, Place Value);
