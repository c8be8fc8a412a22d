using System.Globalization;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using Observability.AppHost.Publishing;

namespace Aspire.Hosting;

/// <summary>What a published service needs beyond what Aspire writes of its own accord.</summary>
internal static class KubernetesServiceExtensions
{
    private const string HttpPortName = "http";
    private const string TemporaryFiles = "tmp";
    private const string NameLabel = "app.kubernetes.io/name";
    private const string PartOfLabel = "app.kubernetes.io/part-of";

    // The user "app" of .NET's container images.
    private const long AppUser = 1654;

    private const int TargetCpuPercent = 70;

    // Settings of the service's Kafka clients that are no one else's business, as environment variables: TLS and SASL.
    private const string KafkaSecretSuffix = "-kafka";

    // What Prometheus calls the lag, and what the cluster's adapter for external metrics passes on under the same name.
    private const string LagMetric = "forwarder_consumer_lag_records";

    /// <summary>Publishes the service hardened and sized, with a monitor and, if it may have several replicas, a budget and an autoscaler.</summary>
    public static IResourceBuilder<ProjectResource> PublishAsHardenedService(this IResourceBuilder<ProjectResource> builder, ServiceSizing sizing) => builder
        .WithEnvironment("OTEL_SERVICE_NAME", builder.Resource.Name)
        .PublishAsKubernetesService(kubernetes =>
        {
            var name = builder.Resource.Name;
            var deployment = (Deployment)kubernetes.Workload!;
            var pod = deployment.Spec.Template.Spec;
            var container = pod.Containers.Single();

            NameAfterService(kubernetes, deployment, name);
            Harden(pod, container);
            Size(pod, container, sizing);
            UseUpperCaseScheme(container);
            AddAccount(kubernetes, pod, name);
            ReplaceWhenConfigured(deployment, name);
            container.EnvFrom.Add(new() { SecretRef = new() { Name = name + KafkaSecretSuffix, Optional = true } });
            AddMonitor(kubernetes, name);

            if (sizing.MaximumReplicas is { } maximum)
            {
                AddAutoscaler(kubernetes, deployment, name, maximum, sizing.LagPerReplica);
                AddDisruptionBudget(kubernetes, name);
            }

            foreach (var resource in kubernetes.AdditionalResources)
                NameAfterService(resource.Metadata, name);
        });

    // Aspire 13.5 calls every service after the chart, and so would be the label `service` of what their pods log.
    private static void NameAfterService(KubernetesResource kubernetes, Deployment deployment, string name)
    {
        foreach (var metadata in new[] { deployment.Metadata, deployment.Spec.Template.Metadata, kubernetes.Service?.Metadata, kubernetes.ConfigMap?.Metadata })
        {
            if (metadata is not null)
                NameAfterService(metadata, name);
        }

        deployment.Spec.Selector.MatchLabels[NameLabel] = name;
        if (kubernetes.Service is { } service)
            service.Spec.Selector[NameLabel] = name;
    }

    private static void NameAfterService(ObjectMetaV1 metadata, string name)
    {
        metadata.Labels[NameLabel] = name;
        metadata.Labels[PartOfLabel] = "{{ .Chart.Name }}";
    }

    private static void Harden(PodSpecV1 pod, ContainerV1 container)
    {
        pod.SecurityContext = new()
        {
            RunAsNonRoot = true,
            RunAsUser = AppUser,
            RunAsGroup = AppUser,
            FsGroup = AppUser,
            SeccompProfile = new() { Type = "RuntimeDefault" },
        };
        container.SecurityContext = new()
        {
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            Capabilities = new() { Drop = { "ALL" } },
        };

        // The runtime's diagnostic socket, and buffered request bodies.
        pod.Volumes.Add(new() { Name = TemporaryFiles, EmptyDir = new() { SizeLimit = "64Mi" } });
        container.VolumeMounts.Add(new() { Name = TemporaryFiles, MountPath = "/tmp" });
    }

    private static void Size(PodSpecV1 pod, ContainerV1 container, ServiceSizing sizing)
    {
        container.Resources = new()
        {
            Requests = { ["cpu"] = sizing.CpuRequest, ["memory"] = sizing.Memory },
            Limits = { ["cpu"] = sizing.CpuLimit, ["memory"] = sizing.Memory },
        };
        pod.TerminationGracePeriodSeconds = (long)sizing.StopTime.TotalSeconds;
    }

    // Aspire 13.5 writes "http", which Kubernetes does not accept.
    private static void UseUpperCaseScheme(ContainerV1 container)
    {
        foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe })
        {
            if (probe?.HttpGet is { } get)
                get.Scheme = get.Scheme.ToUpperInvariant();
        }
    }

    // Environment variables are read once: pods whose configuration changes must be made anew.
    private static void ReplaceWhenConfigured(Deployment deployment, string name) =>
        deployment.Spec.Template.Metadata.Annotations["checksum/config"] = $"{{{{ include (print $.Template.BasePath `/{name}/config.yaml`) . | sha256sum }}}}";

    private static void AddAccount(KubernetesResource kubernetes, PodSpecV1 pod, string name)
    {
        var account = new UnprivilegedAccount($"{name}-account");
        kubernetes.AdditionalResources.Add(account);
        pod.ServiceAccountName = account.Metadata.Name;
        pod.AutomountServiceAccountToken = false;
    }

    private static void AddMonitor(KubernetesResource kubernetes, string name) => kubernetes.AdditionalResources.Add(new CustomManifest(
        "monitoring.coreos.com/v1",
        "ServiceMonitor",
        $"{name}-monitor",
        new()
        {
            ["selector"] = Selector(kubernetes),
            ["endpoints"] = new object[]
            {
                new Dictionary<string, object> { ["port"] = HttpPortName, ["path"] = "/metrics", ["interval"] = "15s" },
            },
        }));

    private static void AddAutoscaler(KubernetesResource kubernetes, Deployment deployment, string name, int maximum, int lagPerReplica)
    {
        var minimum = deployment.Spec.Replicas ?? 1;
        var metrics = new List<object>
        {
            new Dictionary<string, object>
            {
                ["type"] = "Resource",
                ["resource"] = new Dictionary<string, object>
                {
                    ["name"] = "cpu",
                    ["target"] = new Dictionary<string, object> { ["type"] = "Utilization", ["averageUtilization"] = TargetCpuPercent },
                },
            },
        };
        if (lagPerReplica > 0)
        {
            metrics.Add(new Dictionary<string, object>
            {
                ["type"] = "External",
                ["external"] = new Dictionary<string, object>
                {
                    ["metric"] = new Dictionary<string, object> { ["name"] = LagMetric },
                    ["target"] = new Dictionary<string, object> { ["type"] = "AverageValue", ["averageValue"] = lagPerReplica.ToString(CultureInfo.InvariantCulture) },
                },
            });
        }

        // The autoscaler's to set: an upgrade of the chart must not undo what it has decided.
        deployment.Spec.Replicas = null;
        kubernetes.AdditionalResources.Add(new CustomManifest(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            $"{name}-autoscaler",
            new()
            {
                ["scaleTargetRef"] = new Dictionary<string, object>
                {
                    ["apiVersion"] = deployment.ApiVersion!,
                    ["kind"] = deployment.Kind!,
                    ["name"] = deployment.Metadata.Name,
                },
                ["minReplicas"] = minimum,
                ["maxReplicas"] = maximum,
                ["metrics"] = metrics,

                // Each change of the number of consumers is a rebalance of the group: be quick to help and slow to take away.
                ["behavior"] = new Dictionary<string, object>
                {
                    ["scaleDown"] = new Dictionary<string, object> { ["stabilizationWindowSeconds"] = 600 },
                },
            }));
    }

    private static void AddDisruptionBudget(KubernetesResource kubernetes, string name) => kubernetes.AdditionalResources.Add(new CustomManifest(
        "policy/v1",
        "PodDisruptionBudget",
        $"{name}-budget",
        new()
        {
            // At most one away rather than at least one there: the latter would forbid to drain the node of an only replica.
            ["maxUnavailable"] = 1,
            ["selector"] = Selector(kubernetes),
        }));

    private static Dictionary<string, object> Selector(KubernetesResource kubernetes) => new()
    {
        ["matchLabels"] = new Dictionary<string, string>(((Deployment)kubernetes.Workload!).Spec.Selector.MatchLabels),
    };
}
