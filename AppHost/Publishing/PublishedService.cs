using System.Globalization;
using k8s.Models;

namespace Observability.AppHost.Publishing;

/// <summary>What a service is in a cluster: its names, labels, limits and rights, and the objects around its pods. Both writers of the
/// chart go by it.</summary>
/// <param name="name">The service's name.</param>
/// <param name="sizing">What it gets of the cluster.</param>
internal sealed class PublishedService(string name, ServiceSizing sizing) : IResourceAnnotation
{
    /// <summary>The port of HTTP, and its name.</summary>
    public const int Port = 8080;

    /// <inheritdoc cref="Port"/>
    public const string PortName = "http";

    // The user "app" of .NET's container images.
    private const long AppUser = 1654;

    // Of the limit. As a share of what is requested, which is an eighth of it, pods would be added at a sixth of a core.
    private const int TargetCpuPercent = 70;

    // What Prometheus calls the lag, and what the cluster's adapter for external metrics passes on under the same name.
    private const string LagMetric = "forwarder_consumer_lag_records";

    /// <summary>The service's name, which is its container's, too.</summary>
    public string Name { get; } = name;

    /// <summary>What selects its pods.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; } = new Dictionary<string, string>
    {
        ["app.kubernetes.io/name"] = name,
        ["app.kubernetes.io/component"] = name,
        ["app.kubernetes.io/instance"] = "{{ .Release.Name }}",
    };

    /// <summary>The labels of each of its objects.</summary>
    public Dictionary<string, string> Labels => new(Selector) { ["app.kubernetes.io/part-of"] = "{{ .Chart.Name }}" };

    /// <summary>The annotations of its pods. Environment variables are read once: pods whose configuration changes must be made
    /// anew.</summary>
    public Dictionary<string, string> PodAnnotations => new()
    {
        ["checksum/config"] = $"{{{{ include (print $.Template.BasePath `/{Name}/config.yaml`) . | sha256sum }}}}",
    };

    /// <summary>Settings of its Kafka clients that are no one else's business, as environment variables: TLS and SASL.</summary>
    public V1SecretEnvSource KafkaSecret => new() { Name = NameOf("kafka"), Optional = true };

    /// <summary>How long a pod that is told to stop may take, in seconds.</summary>
    public long StopSeconds => (long)sizing.StopTime.TotalSeconds;

    /// <summary>A pod's rights.</summary>
    public static V1PodSecurityContext PodSecurity => new()
    {
        RunAsNonRoot = true,
        RunAsUser = AppUser,
        RunAsGroup = AppUser,
        FsGroup = AppUser,
        SeccompProfile = new() { Type = "RuntimeDefault" },
    };

    /// <summary>A container's rights.</summary>
    public static V1SecurityContext ContainerSecurity => new()
    {
        AllowPrivilegeEscalation = false,
        ReadOnlyRootFilesystem = true,
        Capabilities = new() { Drop = ["ALL"] },
    };

    /// <summary>Room for the runtime's diagnostic socket, and for buffered request bodies.</summary>
    public static V1Volume TemporaryFiles => new() { Name = "tmp", EmptyDir = new() { SizeLimit = new("64Mi") } };

    /// <summary>Where that room is.</summary>
    public static V1VolumeMount TemporaryFilesMount => new() { Name = "tmp", MountPath = "/tmp" };

    /// <summary>What a container reserves and cannot exceed.</summary>
    public V1ResourceRequirements Resources => new()
    {
        Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(sizing.CpuRequest), ["memory"] = new(sizing.Memory) },
        Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(sizing.CpuLimit), ["memory"] = new(sizing.Memory) },
    };

    /// <summary>A service account that is bound to no role, and whose token is in no pod.</summary>
    public V1ServiceAccount Account => new()
    {
        ApiVersion = "v1",
        Kind = "ServiceAccount",
        Metadata = Metadata("account"),
        AutomountServiceAccountToken = false,
    };

    /// <summary>Whether the autoscaler sets the number of pods: an upgrade of the chart must not undo what it has decided.</summary>
    public bool IsScaled => sizing.MaximumReplicas is not null;

    /// <summary>Has Prometheus scrape each pod.</summary>
    public ServiceMonitor Monitor => new()
    {
        Metadata = Metadata("monitor"),
        Spec = new() { Selector = LabelSelector, Endpoints = [new() { Port = PortName, Path = "/metrics", Interval = "15s" }] },
    };

    private V1LabelSelector LabelSelector => new() { MatchLabels = new Dictionary<string, string>(Selector) };

    /// <summary>The name of one of its objects.</summary>
    public string NameOf(string part) => $"{Name}-{part}";

    /// <summary>The metadata of one of its objects.</summary>
    public V1ObjectMeta Metadata(string part) => new() { Name = NameOf(part), Labels = Labels };

    /// <summary>The autoscaler.</summary>
    /// <param name="minimum">The number of pods that there are at least.</param>
    public V2HorizontalPodAutoscaler Autoscaler(int minimum)
    {
        var cpu = new ResourceQuantity(sizing.CpuLimit).ToDecimal() * TargetCpuPercent * 10;
        List<V2MetricSpec> metrics =
        [
            new() { Type = "Resource",
                Resource = new() { Name = "cpu", Target = new() { Type = "AverageValue", AverageValue = new($"{cpu:0}m") } } },
        ];
        if (sizing.LagPerReplica > 0)
        {
            var target = new V2MetricTarget
            {
                Type = "AverageValue",
                AverageValue = new(sizing.LagPerReplica.ToString(CultureInfo.InvariantCulture))
            };
            metrics.Add(new() { Type = "External", External = new() { Metric = new() { Name = LagMetric }, Target = target } });
        }

        return new()
        {
            ApiVersion = "autoscaling/v2",
            Kind = "HorizontalPodAutoscaler",
            Metadata = Metadata("autoscaler"),
            Spec = new()
            {
                ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = NameOf("deployment") },
                MinReplicas = minimum,
                MaxReplicas = sizing.MaximumReplicas!.Value,
                Metrics = metrics,

                // Each change of the number of consumers is a rebalance of the group: be quick to help and slow to take away.
                Behavior = new() { ScaleDown = new() { StabilizationWindowSeconds = 600 } },
            },
        };
    }

    /// <summary>
    /// At most one pod away rather than at least one there: the latter would forbid to drain the node of an only replica. A pod that is not
    /// ready, as all are while Loki is away, does not keep a node from being drained.
    /// </summary>
    public V1PodDisruptionBudget Budget => new()
    {
        ApiVersion = "policy/v1",
        Kind = "PodDisruptionBudget",
        Metadata = Metadata("budget"),
        Spec = new() { MaxUnavailable = 1, UnhealthyPodEvictionPolicy = "AlwaysAllow", Selector = LabelSelector },
    };
}
