using k8s.Models;

#pragma warning disable ASPIREPROBES001 // Experimental: what WithHttpProbe leaves behind.

namespace Observability.AppHost.Publishing;

/// <summary>The Kubernetes objects of one service. What the description leaves open is as the package Aspire.Hosting.Kubernetes writes
/// it.</summary>
/// <param name="service">What the service is.</param>
/// <param name="image">Its image.</param>
/// <param name="replicas">The number of its pods, at least.</param>
/// <param name="environment">Its configuration.</param>
/// <param name="probes">How it is asked whether it is well.</param>
internal sealed class ServiceManifests(
    PublishedService service, string image, int replicas, IDictionary<string, string> environment,
    IReadOnlyDictionary<ProbeType, EndpointProbeAnnotation> probes)
{
    /// <summary>The objects by the name of their file.</summary>
    public IEnumerable<(string File, object Manifest)> All => service.IsScaled
        ? [.. Always, ("autoscaler", service.Autoscaler(replicas)), ("budget", service.Budget)]
        : Always;

    private IEnumerable<(string File, object Manifest)> Always =>
    [
        ("account", service.Account), ("config", ConfigMap), ("deployment", Deployment), ("monitor", service.Monitor), ("service", Service),
    ];

    private V1ConfigMap ConfigMap =>
        new() { ApiVersion = "v1", Kind = "ConfigMap", Metadata = service.Metadata("config"), Data = environment };

    private V1Service Service => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = service.Metadata("service"),
        Spec = new()
        {
            Type = "ClusterIP",
            Selector = new Dictionary<string, string>(service.Selector),
            Ports = [new() { Name = PublishedService.PortName, Port = PublishedService.Port, TargetPort = PublishedService.Port,
                Protocol = "TCP" }],
        },
    };

    private V1Deployment Deployment => new()
    {
        ApiVersion = "apps/v1",
        Kind = "Deployment",
        Metadata = service.Metadata("deployment"),
        Spec = new()
        {
            Replicas = service.IsScaled ? null : replicas,
            RevisionHistoryLimit = 3,
            Selector = new() { MatchLabels = new Dictionary<string, string>(service.Selector) },
            Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxSurge = 1, MaxUnavailable = 1 } },
            Template = new() { Metadata = new() { Labels = service.Labels, Annotations = service.PodAnnotations }, Spec = Pod },
        },
    };

    private V1PodSpec Pod => new()
    {
        ServiceAccountName = service.Account.Metadata.Name,
        AutomountServiceAccountToken = service.Account.AutomountServiceAccountToken,
        TerminationGracePeriodSeconds = service.StopSeconds,
        SecurityContext = PublishedService.PodSecurity,
        Volumes = [PublishedService.TemporaryFiles],
        Containers = [Container],
    };

    private V1Container Container => new()
    {
        Name = service.Name,
        Image = image,
        ImagePullPolicy = "IfNotPresent",
        Ports = [new() { Name = PublishedService.PortName, ContainerPort = PublishedService.Port, Protocol = "TCP" }],
        EnvFrom = [new() { ConfigMapRef = new() { Name = service.NameOf("config") } }, new() { SecretRef = service.KafkaSecret }],
        Resources = service.Resources,
        ReadinessProbe = Probe(ProbeType.Readiness),
        LivenessProbe = Probe(ProbeType.Liveness),
        SecurityContext = PublishedService.ContainerSecurity,
        VolumeMounts = [PublishedService.TemporaryFilesMount],
    };

    private V1Probe Probe(ProbeType type) => new()
    {
        HttpGet = new() { Path = probes[type].Path, Port = PublishedService.Port, Scheme = "HTTP" },
        InitialDelaySeconds = probes[type].InitialDelaySeconds,
        PeriodSeconds = probes[type].PeriodSeconds,
        TimeoutSeconds = probes[type].TimeoutSeconds,
        FailureThreshold = probes[type].FailureThreshold,
        SuccessThreshold = probes[type].SuccessThreshold,
    };
}
