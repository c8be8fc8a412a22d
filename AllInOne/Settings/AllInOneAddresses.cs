namespace Observability.AllInOne.Settings;

/// <summary>Where the parts can be reached.</summary>
/// <param name="Http">The web page, Loki's API, metrics and control.</param>
/// <param name="Otlp">OTLP over HTTP.</param>
/// <param name="OtlpGrpc">OTLP over gRPC.</param>
/// <param name="Kafka">The broker, as host:port.</param>
internal sealed record AllInOneAddresses(Uri Http, Uri Otlp, Uri OtlpGrpc, string Kafka);
