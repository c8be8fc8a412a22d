using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Observability.ServiceDefaults.Telemetry;

/// <summary>
/// Begins a trace with what a service is asked to do, and not with what it asks of others by itself: pushes, polls and probes of the steady
/// state are several a second, and would drown the traces of real requests. Whoever is asked is told so (the sampled flag of
/// <c>traceparent</c> is 0).
/// </summary>
internal sealed class RootSampler : Sampler
{
    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind is ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
