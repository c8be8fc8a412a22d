using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Observability.Embedded.Faults;

/// <summary>Says on <c>/health</c> which faults are on: Unhealthy while a part is down, Degraded while it does its work badly.</summary>
internal sealed class FaultHealthCheck(FaultInjector injector, IEnumerable<InjectedFault> faults) : IHealthCheck
{
    /// <summary>Its name.</summary>
    public const string Name = "faults";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var active = injector.List().Where(fault => fault.Active is not null).ToList();
        var text = string.Join(", ", active.Select(fault => string.Create(
            CultureInfo.InvariantCulture, $"{fault.Name}, for {fault.Active!.RemainingSeconds:0} s more")));
        var isDown = active.Exists(state => faults.Any(fault => fault.Name == state.Name && fault.TakesPartDown));
        return Task.FromResult(active.Count == 0 ? HealthCheckResult.Healthy()
            : isDown ? HealthCheckResult.Unhealthy(text)
            : HealthCheckResult.Degraded(text));
    }
}
