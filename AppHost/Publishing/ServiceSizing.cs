namespace Observability.AppHost.Publishing;

/// <summary>What a service gets of a cluster.</summary>
/// <param name="CpuRequest">CPU that is reserved for a pod, as Kubernetes writes quantities.</param>
/// <param name="CpuLimit">CPU that a pod cannot exceed.</param>
/// <param name="Memory">Memory of a pod, reserved and limit in one: a pod that gets what it did not reserve is the first to be
/// killed.</param>
/// <param name="StopTime">How long a pod that is told to stop may take.</param>
/// <param name="MaximumReplicas">The most pods that the autoscaler makes; null for no autoscaler.</param>
/// <param name="LagPerReplica">
/// Kafka records that may wait for each pod before the autoscaler adds one; 0 to go by CPU alone, as a cluster without an adapter for
/// external metrics must.
/// </param>
internal sealed record ServiceSizing(
    string CpuRequest, string CpuLimit, string Memory, TimeSpan StopTime, int? MaximumReplicas = null, int LagPerReplica = 0);
