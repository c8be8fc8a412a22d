using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Telemetry;
using Observability.ServiceDefaults.Loki;

namespace Observability.LogGenerator.Verification;

/// <summary>Makes verifications, with the sink and the store of the settings.</summary>
internal sealed class Verifier(IConfiguration configuration, LogGeneratorSettings settings, SinkFactory sinks, GeneratorMetrics metrics, TimeProvider time)
{
    /// <summary>A sink for verifications that follow each other.</summary>
    public ILogSink CreateSink() => sinks.Create(settings.Verify.Sink);

    /// <summary>Makes a verification, which is not yet started.</summary>
    /// <exception cref="InvalidOperationException">The store's address is not set.</exception>
    public VerificationRun CreateRun(VerificationRequest request, ILogSink sink) => new(
        request,
        settings.Verify,
        sink,
        new Reader(LokiEndpoint.Parse(configuration), settings.Verify, settings.Namespace, request.RunId),
        metrics,
        time);
}
