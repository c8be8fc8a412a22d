using System.Globalization;
using k8s.Models;

#pragma warning disable ASPIREPROBES001

namespace Observability.AppHost.Publishing;

/// <summary>The Kubernetes objects of one service, hardened and sized.</summary>
internal sealed class ServiceManifests(string name, ServiceSizing sizing, int replicas, string image, int port, IReadOnlyList<EndpointProbeAnnotation> probes, IDictionary<string, string> data)
{
    private const string HttpPortName = "http";

    // The user "app" of .NET's container images.
    private const long AppUser = 1654;
    private const int TargetCpuPercent = 70;

    private readonly Dictionary<string, string> _selector = new()
    {
        ["app.kubernetes.io/name"] = name, ["app.kubernetes.io/component"] = name, ["app.kubernetes.io/instance"] = "{{ .Release.Name }}",
    };

    /// <summary>The objects by the name of their file.</summary>
    public IEnumerable<(string File, object Manifest)> All()
    {
        yield return ("account", new V1ServiceAccount { ApiVersion = "v1", Kind = "ServiceAccount", Metadata = Metadata("account"), AutomountServiceAccountToken = false });
        yield return ("config", new V1ConfigMap { ApiVersion = "v1", Kind = "ConfigMap", Metadata = Metadata("config"), Data = data });
        yield return ("deployment", Deployment());
        yield return ("service", Service());
        yield return ("monitor", Monitor());
        if (sizing.MaximumReplicas is { } maximum)
        {
            yield return ("autoscaler", Autoscaler(maximum));
            // At most one away rather than at least one there: the latter would forbid to drain the node of an only replica.
            yield return ("budget", new V1PodDisruptionBudget { ApiVersion = "policy/v1", Kind = "PodDisruptionBudget", Metadata = Metadata("budget"), Spec = new() { MaxUnavailable = 1, Selector = Selector } });
        }
    }

    private V1LabelSelector Selector => new() { MatchLabels = _selector };

    private V1ObjectMeta Metadata(string? suffix) => new() { Name = suffix is null ? null : $"{name}-{suffix}", Labels = new Dictionary<string, string>(_selector) { ["app.kubernetes.io/part-of"] = "{{ .Chart.Name }}" } };

    private V1Deployment Deployment()
    {
        // Environment variables are read once: pods whose configuration changes must be made anew.
        var podMetadata = Metadata(null);
        podMetadata.Annotations = new Dictionary<string, string> { ["checksum/config"] = $"{{{{ include (print $.Template.BasePath `/{name}/config.yaml`) . | sha256sum }}}}" };
        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = Metadata("deployment"),
            Spec = new()
            {
                // The autoscaler's to set: an upgrade of the chart must not undo what it has decided.
                Replicas = sizing.MaximumReplicas is null ? replicas : null,
                RevisionHistoryLimit = 3,
                Selector = Selector,
                Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxSurge = 1, MaxUnavailable = 1 } },
                Template = new()
                {
                    Metadata = podMetadata,
                    Spec = new()
                    {
                        ServiceAccountName = $"{name}-account",
                        AutomountServiceAccountToken = false,
                        TerminationGracePeriodSeconds = (long)sizing.StopTime.TotalSeconds,
                        SecurityContext = new() { RunAsNonRoot = true, RunAsUser = AppUser, RunAsGroup = AppUser, FsGroup = AppUser, SeccompProfile = new() { Type = "RuntimeDefault" } },
                        // The runtime's diagnostic socket, and buffered request bodies.
                        Volumes = [new() { Name = "tmp", EmptyDir = new() { SizeLimit = new("64Mi") } }],
                        Containers = [Container()],
                    },
                },
            },
        };
    }

    private V1Container Container() => new()
    {
        Name = name,
        Image = image,
        ImagePullPolicy = "IfNotPresent",
        Ports = [new() { Name = HttpPortName, ContainerPort = port, Protocol = "TCP" }],
        EnvFrom = [new() { ConfigMapRef = new() { Name = $"{name}-config" } }, new() { SecretRef = new() { Name = $"{name}-kafka", Optional = true } }],
        Resources = new()
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(sizing.CpuRequest), ["memory"] = new(sizing.Memory) },
            Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(sizing.CpuLimit), ["memory"] = new(sizing.Memory) },
        },
        ReadinessProbe = Probe(ProbeType.Readiness),
        LivenessProbe = Probe(ProbeType.Liveness),
        SecurityContext = new() { AllowPrivilegeEscalation = false, ReadOnlyRootFilesystem = true, Capabilities = new() { Drop = ["ALL"] } },
        VolumeMounts = [new() { Name = "tmp", MountPath = "/tmp" }],
    };

    private V1Probe Probe(ProbeType type)
    {
        var probe = probes.Single(probe => probe.Type == type);
        return new()
        {
            HttpGet = new() { Path = probe.Path, Port = port, Scheme = "HTTP" },
            InitialDelaySeconds = probe.InitialDelaySeconds,
            PeriodSeconds = probe.PeriodSeconds,
            TimeoutSeconds = probe.TimeoutSeconds,
            FailureThreshold = probe.FailureThreshold,
            SuccessThreshold = probe.SuccessThreshold,
        };
    }

    private V1Service Service() => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = Metadata("service"),
        Spec = new() { Type = "ClusterIP", Selector = _selector, Ports = [new() { Name = HttpPortName, Port = port, TargetPort = port, Protocol = "TCP" }] },
    };

    private V2HorizontalPodAutoscaler Autoscaler(int maximum)
    {
        List<V2MetricSpec> metrics = [new() { Type = "Resource", Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = TargetCpuPercent } } }];
        if (sizing.LagPerReplica > 0)
            metrics.Add(new() { Type = "External", External = new() { Metric = new() { Name = "forwarder_consumer_lag_records" }, Target = new() { Type = "AverageValue", AverageValue = new(sizing.LagPerReplica.ToString(CultureInfo.InvariantCulture)) } } });
        return new()
        {
            ApiVersion = "autoscaling/v2",
            Kind = "HorizontalPodAutoscaler",
            Metadata = Metadata("autoscaler"),
            Spec = new()
            {
                ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = $"{name}-deployment" },
                MinReplicas = replicas,
                MaxReplicas = maximum,
                Metrics = metrics,
                // Each change of the number of consumers is a rebalance of the group: be quick to help and slow to take away.
                Behavior = new() { ScaleDown = new() { StabilizationWindowSeconds = 600 } },
            },
        };
    }

    private Dictionary<string, object> Monitor() => new()
    {
        ["apiVersion"] = "monitoring.coreos.com/v1",
        ["kind"] = "ServiceMonitor",
        ["metadata"] = Metadata("monitor"),
        ["spec"] = new Dictionary<string, object>
        {
            ["selector"] = Selector,
            ["endpoints"] = new object[] { new Dictionary<string, object> { ["port"] = HttpPortName, ["path"] = "/metrics", ["interval"] = "15s" } },
        },
    };
}
