using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Telemetry;
using Observability.ServiceDefaults.Loki;

namespace Observability.LogGenerator.Verification;

/// <summary>Makes verifications, with the sink and the store of the settings.</summary>
internal sealed class Verifier(
    IConfiguration configuration, LogGeneratorSettings settings, SinkFactory sinks, GeneratorMetrics metrics, TimeProvider time)
    : IDisposable
{
    /// <summary>Taken by a verification that somebody asked for: two would each slow the other, and measure that.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public void Dispose() => Turn.Dispose();

    /// <summary>The ways that the service can send.</summary>
    public IEnumerable<SinkKind> Sinks => Enum.GetValues<SinkKind>().Where(settings.Uses);

    /// <summary>A sink for verifications that follow each other.</summary>
    /// <param name="kind">One of <see cref="Sinks"/>; null for that of the settings.</param>
    public ILogSink CreateSink(SinkKind? kind = null) => sinks.Create(kind ?? settings.VerifySink);

    /// <summary>Makes a verification, which is not yet started.</summary>
    /// <exception cref="ServiceDefaults.Settings.SettingsException">The store's address is not set.</exception>
    public VerificationRun CreateRun(VerificationRequest request, ILogSink sink) => new(
        request,
        settings,
        sink,
        new Reader(LokiEndpoint.Parse(configuration), settings.Verify, settings.Namespace, request),
        metrics,
        time);
}
