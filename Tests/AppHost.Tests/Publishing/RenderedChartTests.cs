using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Observability.AppHost.Publishing;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>What a cluster would be given, read with the typed model of its API: a field that the API does not know fails.</summary>
public sealed partial class RenderedChartTests(PublishedChart chart) : IClassFixture<PublishedChart>
{
    [Fact]
    public async Task Helm_finds_nothing_to_complain_of()
    {
        var (exitCode, output, error) = await Helm.RunAsync("lint", "--strict", chart.Directory);
        Assert.True(exitCode == 0, output + error);
    }

    [Fact]
    public async Task Helm_renders_the_objects_that_are_looked_at_here()
    {
        var (exitCode, output, error) = await Helm.RunAsync("template", "observability", chart.Directory);
        Assert.True(exitCode == 0, error);
        Assert.Equal(Comparable(Render()), Comparable(PublishedObjects.Load(output)));

        // The checksum is one of the text, of which helm has another.
        static IEnumerable<string> Comparable(IEnumerable<object> objects) => objects
            .Select(item => Checksum().Replace(PublishedObjects.Canonical(item), "")).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Every_object_is_one_that_the_API_knows()
    {
        var objects = Render();
        Assert.Equal(
            [
                "ConfigMap", "ConfigMap", "Deployment", "Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget",
                "Service", "Service",
                "ServiceAccount", "ServiceAccount", "ServiceMonitor", "ServiceMonitor",
            ],
            objects.Select(Kind).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_pod_is_hardened_and_limited()
    {
        foreach (var deployment in Render().OfType<V1Deployment>())
        {
            var pod = deployment.Spec.Template.Spec;
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.NotEqual(0, pod.SecurityContext.RunAsUser);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.NotEmpty(pod.ServiceAccountName);

            var container = Assert.Single(pod.Containers);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Equal(["cpu", "memory"], container.Resources.Limits.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Every_pod_is_called_after_its_service_as_its_log_lines_are()
    {
        foreach (var deployment in Render().OfType<V1Deployment>())
        {
            var labels = deployment.Spec.Template.Metadata.Labels;
            Assert.Equal(deployment.Spec.Template.Spec.Containers[0].Name, labels["app.kubernetes.io/name"]);
            Assert.Equal("observability", labels["app.kubernetes.io/part-of"]);
            Assert.Subset(labels.ToHashSet(), deployment.Spec.Selector.MatchLabels.ToHashSet());
        }
    }

    [Fact]
    public void Every_image_has_a_fixed_tag()
    {
        var images = Render().OfType<V1Deployment>().Select(deployment => deployment.Spec.Template.Spec.Containers[0].Image);
        Assert.Equal(["forwarder:1.0.0", "log-generator:1.0.0"], images.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_probe_is_one_that_Kubernetes_accepts()
    {
        foreach (var container in Render().OfType<V1Deployment>().Select(deployment => deployment.Spec.Template.Spec.Containers[0]))
        {
            Assert.Equal(("/health", "HTTP"), (container.ReadinessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Scheme));
            Assert.Equal(("/alive", "HTTP"), (container.LivenessProbe.HttpGet.Path, container.LivenessProbe.HttpGet.Scheme));
        }
    }

    [Fact]
    public void Every_monitor_finds_its_service_and_the_port()
    {
        var objects = Render();
        var services = objects.OfType<V1Service>().ToList();
        foreach (var monitor in objects.OfType<ServiceMonitor>())
        {
            var service = Assert.Single(services,
                service => monitor.Spec.Selector.MatchLabels.All(label => service.Labels()[label.Key] == label.Value));
            Assert.Contains(Assert.Single(monitor.Spec.Endpoints).Port, service.Spec.Ports.Select(port => port.Name));
        }
    }

    [Fact]
    public void The_autoscaler_alone_sets_the_number_of_Forwarders()
    {
        var objects = Render();
        var autoscaler = Assert.Single(objects.OfType<V2HorizontalPodAutoscaler>());
        var forwarder = objects.OfType<V1Deployment>().Single(deployment => deployment.Name() == autoscaler.Spec.ScaleTargetRef.Name);
        Assert.Null(forwarder.Spec.Replicas);
        Assert.Equal("forwarder-deployment", forwarder.Name());
    }

    [Fact]
    public void The_services_are_told_where_the_cluster_has_Kafka_and_Loki()
    {
        foreach (var config in Render().OfType<V1ConfigMap>())
        {
            Assert.Equal("kafka-kafka-bootstrap.kafka:9092", config.Data["ConnectionStrings__kafka"]);
            Assert.Equal("http://loki-gateway.monitoring.svc.cluster.local", config.Data["ConnectionStrings__loki"]);
        }
    }

    [Fact]
    public void Pods_are_replaced_when_their_configuration_changes_and_only_then()
    {
        var before = Templates();
        Assert.Equal(before, Templates());
        var after = Templates(("config.forwarder.kafka_bootstrap_servers", "kafka-kafka-bootstrap.kafka:9093"));
        Assert.NotEqual(before["forwarder-deployment"], after["forwarder-deployment"]);
        Assert.Equal(before["log-generator-deployment"], after["log-generator-deployment"]);
    }

    private Dictionary<string, string> Templates(params IEnumerable<(string Path, string Value)> set) => Render(set)
        .OfType<V1Deployment>().ToDictionary(deployment => deployment.Name(),
            deployment => PublishedObjects.Canonical(deployment.Spec.Template));

    private List<object> Render(params IEnumerable<(string Path, string Value)> set) =>
        [.. PublishedObjects.Of(chart.Directory, set).Values];

    private static string? Kind(object item) => item is IKubernetesObject known ? known.Kind : ((ServiceMonitor)item).Kind;

    [GeneratedRegex("\"checksum/config\": \"[0-9a-f]{64}\"")]
    private static partial Regex Checksum();
}
