using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using Observability.AppHost.Publishing;

namespace Aspire.Hosting;

/// <summary>What a published service needs beyond what Aspire writes of its own accord.</summary>
internal static class KubernetesServiceExtensions
{
    /// <summary>Publishes the service hardened and sized, with a monitor and, if it may have several replicas, a budget and an
    /// autoscaler.</summary>
    public static IResourceBuilder<ProjectResource> PublishAsHardenedService(this IResourceBuilder<ProjectResource> builder,
        ServiceSizing sizing) => builder
        .WithEnvironment("OTEL_SERVICE_NAME", builder.Resource.Name)
        .PublishAsKubernetesService(kubernetes =>
        {
            var service = new PublishedService(builder.Resource.Name, sizing);
            var deployment = (Deployment)kubernetes.Workload!;
            var pod = deployment.Spec.Template.Spec;
            var container = pod.Containers.Single();

            Harden(pod, container);
            Size(pod, container, service);
            UseUpperCaseScheme(container);
            pod.ServiceAccountName = service.Account.Metadata.Name;
            pod.AutomountServiceAccountToken = service.Account.AutomountServiceAccountToken;
            container.EnvFrom.Add(new() { SecretRef = new() { Name = service.KafkaSecret.Name, Optional = service.KafkaSecret.Optional } });
            foreach (var (key, value) in service.PodAnnotations)
                deployment.Spec.Template.Metadata.Annotations[key] = value;

            kubernetes.AdditionalResources.Add(new UnprivilegedAccount(service.Account));
            kubernetes.AdditionalResources.Add(CustomManifest.Of(service.Monitor, service.Monitor.Spec));
            if (service.IsScaled)
            {
                var autoscaler = service.Autoscaler(deployment.Spec.Replicas ?? 1);
                deployment.Spec.Replicas = null;
                kubernetes.AdditionalResources.Add(CustomManifest.Of(autoscaler, autoscaler.Spec));
                kubernetes.AdditionalResources.Add(CustomManifest.Of(service.Budget, service.Budget.Spec));
            }

            NameAfterService(kubernetes, deployment, service);
        });

    // Aspire 13.6 calls every service after the chart, and so would be the label `service` of what their pods log.
    private static void NameAfterService(KubernetesResource kubernetes, Deployment deployment, PublishedService service)
    {
        IEnumerable<ObjectMetaV1?> all =
        [
            deployment.Metadata, deployment.Spec.Template.Metadata, kubernetes.Service?.Metadata, kubernetes.ConfigMap?.Metadata,
            .. kubernetes.AdditionalResources.Select(resource => resource.Metadata),
        ];
        foreach (var metadata in all.OfType<ObjectMetaV1>())
            Set(metadata.Labels, service.Labels);

        Set(deployment.Spec.Selector.MatchLabels, service.Selector);
        if (kubernetes.Service is { } address)
            Set(address.Spec.Selector, service.Selector);

        static void Set(IDictionary<string, string> labels, IEnumerable<KeyValuePair<string, string>> values)
        {
            foreach (var (key, value) in values)
                labels[key] = value;
        }
    }

    private static void Harden(PodSpecV1 pod, ContainerV1 container)
    {
        var (ofPod, ofContainer) = (PublishedService.PodSecurity, PublishedService.ContainerSecurity);
        pod.SecurityContext = new()
        {
            RunAsNonRoot = ofPod.RunAsNonRoot,
            RunAsUser = ofPod.RunAsUser,
            RunAsGroup = ofPod.RunAsGroup,
            FsGroup = ofPod.FsGroup,
            SeccompProfile = new() { Type = ofPod.SeccompProfile.Type },
        };
        container.SecurityContext = new()
        {
            AllowPrivilegeEscalation = ofContainer.AllowPrivilegeEscalation,
            ReadOnlyRootFilesystem = ofContainer.ReadOnlyRootFilesystem,
            Capabilities = new(),
        };
        container.SecurityContext.Capabilities.Drop.AddRange(ofContainer.Capabilities.Drop);

        var (files, mount) = (PublishedService.TemporaryFiles, PublishedService.TemporaryFilesMount);
        pod.Volumes.Add(new() { Name = files.Name, EmptyDir = new() { SizeLimit = files.EmptyDir.SizeLimit.ToString() } });
        container.VolumeMounts.Add(new() { Name = mount.Name, MountPath = mount.MountPath });
    }

    private static void Size(PodSpecV1 pod, ContainerV1 container, PublishedService service)
    {
        container.Resources = new();
        foreach (var (resource, quantity) in service.Resources.Requests)
            container.Resources.Requests[resource] = quantity.ToString();
        foreach (var (resource, quantity) in service.Resources.Limits)
            container.Resources.Limits[resource] = quantity.ToString();
        pod.TerminationGracePeriodSeconds = service.StopSeconds;
    }

    // Aspire 13.6 writes "http", which Kubernetes does not accept.
    private static void UseUpperCaseScheme(ContainerV1 container)
    {
        foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe })
        {
            if (probe?.HttpGet is { } get)
                get.Scheme = get.Scheme.ToUpperInvariant();
        }
    }
}
