using System.Text.Json.Nodes;
using Observability.Deploy.Tests.Charts;
using Observability.Deploy.Tests.Manifests;
using Observability.Deploy.Tests.Wiring;

namespace Observability.Deploy.Tests.Rendering;

/// <summary>What the cluster would be given, all of it.</summary>
public sealed class RenderedStackTests
{
    // The user and the file system of a container are its image's affair where the chart has no say; deploy/README.md lists these.
    private static readonly string[] WritesToItsImage = ["ingress-nginx-controller"];

    [Theory]
    [InlineData(Variants.Laptop)]
    [InlineData(Variants.Options)]
    [InlineData(Variants.RealCluster)]
    public async Task Every_object_has_only_fields_that_Kubernetes_and_the_operators_know(string variant)
    {
        foreach (var manifest in (await RenderedStack.OfAsync(variant)).Manifests)
        {
            if (StrictModel.Knows(manifest))
                StrictModel.Check(manifest);
            else
                CustomResourceDefinitions.Check(manifest);
        }
    }

    [Theory]
    [InlineData(Variants.Laptop)]
    [InlineData(Variants.Options)]
    [InlineData(Variants.RealCluster)]
    public async Task Every_service_that_another_part_uses_is_made_with_its_port(string variant)
    {
        var stack = await RenderedStack.OfAsync(variant);
        foreach (var service in ServiceTable.Read().Where(service => service.Release.Length > 0 && service.IsThere(variant)))
        {
            var manifest = stack.Single("Service", service.Name);
            Assert.Contains(manifest.Items("spec", "ports"), port => port["port"]!.GetValue<int>() == service.Port);
        }
    }

    [Theory]
    [InlineData(Variants.Laptop)]
    [InlineData(Variants.Options)]
    [InlineData(Variants.RealCluster)]
    public async Task Every_container_has_a_memory_limit_is_unprivileged_and_cannot_write_to_its_image(string variant)
    {
        foreach (var manifest in (await RenderedStack.OfAsync(variant)).Manifests)
        {
            if (manifest.Kind is not ("Deployment" or "StatefulSet" or "DaemonSet"))
                continue;
            var pod = manifest.At("spec", "template", "spec")!;
            foreach (var container in pod["containers"]!.AsArray().Select(container => container!))
            {
                var what = $"{manifest} {container["name"]}";
                Assert.True(container["resources"]?["limits"]?["memory"] is not null, $"{what} has no memory limit");
                Assert.True(Either(container, pod, "runAsNonRoot"), $"{what} may run as root");
                Assert.True(Either(container, pod, "readOnlyRootFilesystem") || WritesToItsImage.Contains(manifest.Name),
                    $"{what} can write to its image");
            }
        }
    }

    [Fact]
    public async Task The_laptop_asks_for_less_memory_than_its_8_GB()
    {
        var requested = (await RenderedStack.OfAsync(Variants.Laptop)).Manifests.Sum(RequestedMemory);

        // The rest is k3s itself, the page cache and the person's other programs.
        Assert.InRange(requested / MiB, 1, 5 * 1024);
        TestContext.Current.TestOutputHelper!.WriteLine($"{requested / MiB} MiB");
    }

    [Theory]
    [InlineData(Variants.Laptop)]
    [InlineData(Variants.RealCluster)]
    public async Task Every_network_policy_selects_a_pod_that_there_is_and_none_of_others(string variant)
    {
        var stack = await RenderedStack.OfAsync(variant);
        var (main, kafka, monitoring) = variant == Variants.Laptop
            ? ("default", "kafka", "monitoring")
            : ("observability", "observability-kafka", "observability-monitoring");
        var pods = stack.Manifests
            .Where(manifest => manifest.At("spec", "template", "metadata", "labels") is not null)
            .Select(manifest => (manifest.Namespace, Labels: manifest.At("spec", "template", "metadata", "labels")!.AsObject()))
            .Concat(Known.PodsOfOperators(kafka, monitoring))
            .ToList();
        foreach (var policy in stack.Manifests.Where(manifest => manifest.Kind == "NetworkPolicy"))
        {
            Assert.True(pods.Any(pod => pod.Namespace == policy.Namespace
                && LabelSelector.Matches(policy.At("spec", "podSelector")!, pod.Labels)), $"{policy} selects no pod");

            // A stranger's pod in the same namespace is none of the stack's affairs.
            Assert.False(LabelSelector.Matches(policy.At("spec", "podSelector")!, new() { ["app"] = "somebody-elses" }),
                $"{policy} selects every pod");
            foreach (var peer in policy.Items("spec",
                "ingress").SelectMany(rule => rule["from"]!.AsArray()).Where(peer => peer!["podSelector"] is not null))
            {
                var @namespace = peer!["namespaceSelector"]?["matchLabels"]?["kubernetes.io/metadata.name"]?.GetValue<string>()
                    ?? policy.Namespace;
                Assert.True(
                    @namespace == "kube-system"
                        // Services of the cluster's users, which docs/your-own-service.md tells of.
                        || peer["podSelector"]!["matchLabels"]?["sends-otlp"] is not null
                        || pods.Any(pod => pod.Namespace == @namespace && LabelSelector.Matches(peer["podSelector"]!, pod.Labels)),
                    $"{policy} lets in {peer.ToJsonString()}, and there is no such pod");
            }
        }

        Assert.All(stack.Manifests.Where(manifest => manifest.Kind == "NetworkPolicy"),
            policy => Assert.Contains(policy.Namespace, (string[])[main, kafka, monitoring]));
    }

    [Fact]
    public async Task Prometheus_is_let_in_to_every_port_that_it_scrapes()
    {
        // Of a real cluster: the caches' exporters were behind a policy that knew Loki's port only, so that two targets were always down.
        var stack = await RenderedStack.OfAsync(Variants.RealCluster);
        var policies = stack.Manifests.Where(manifest => manifest.Kind == "NetworkPolicy").ToList();
        var prometheus = new JsonObject { ["app.kubernetes.io/name"] = "prometheus" };
        var checkedPorts = 0;
        foreach (var monitor in stack.Manifests.Where(manifest => manifest.Kind == "ServiceMonitor"))
        {
            var selector = monitor.At("spec", "selector")!;
            foreach (var service in stack.Manifests.Where(manifest => manifest.Kind == "Service" && manifest.Namespace == monitor.Namespace
                && manifest.At("metadata", "labels") is JsonObject labels && LabelSelector.Matches(selector, labels)))
            {
                var pods = stack.Manifests.Where(manifest =>
                    manifest.Namespace == service.Namespace && manifest.At("spec", "template", "metadata", "labels") is JsonObject labels
                    && service.At("spec", "selector") is JsonObject match
                    && match.All(label => labels[label.Key]?.ToString() == label.Value!.ToString())).ToList();
                foreach (var port in monitor.Items("spec", "endpoints").Select(endpoint => endpoint["port"]?.ToString()))
                {
                    foreach (var pod in pods)
                    {
                        var target = service.Items("spec",
                            "ports").SingleOrDefault(candidate => candidate["name"]?.ToString() == port)?["targetPort"]?.ToString();
                        if (target is null)
                            continue;
                        var number = pod.Items("spec", "template", "spec",
                            "containers").SelectMany(container => container["ports"] as JsonArray ?? [])
                            .SingleOrDefault(candidate => candidate!["name"]?.ToString() == target)?["containerPort"]?.ToString() ?? target;
                        var selecting = policies.Where(policy => policy.Namespace == pod.Namespace
                            && LabelSelector.Matches(policy.At("spec", "podSelector")!,
                                pod.At("spec", "template", "metadata", "labels")!.AsObject())).ToList();
                        Assert.True(
                            selecting.Count == 0 || selecting.Any(policy => policy.Items("spec", "ingress").Any(rule =>
                                (rule["ports"] is not JsonArray ports || ports.Any(allowed => allowed!["port"]!.ToString() == number))
                                && (rule["from"] as JsonArray ?? []).Any(
                                    peer => peer!["podSelector"] is { } peers && LabelSelector.Matches(peers, prometheus)))),
                            $"{monitor} scrapes port {number} of {pod}, and no policy lets Prometheus in");
                        checkedPorts++;
                    }
                }
            }
        }

        Assert.True(checkedPorts > 10, $"only {checkedPorts} ports were looked at");
    }

    private const long MiB = 1024 * 1024;

    private static bool Either(JsonNode container, JsonNode pod, string setting) =>
        (container["securityContext"]?[setting] ?? pod["securityContext"]?[setting])?.GetValue<bool>() == true;

    private static long RequestedMemory(Manifest manifest)
    {
        var replicas = manifest.At("spec", "replicas")?.GetValue<int>() ?? 1;
        return manifest.Kind switch
        {
            "Deployment" or "StatefulSet" or "DaemonSet" =>
                replicas * manifest.Items("spec", "template", "spec", "containers").Sum(RequestOf),
            "Prometheus" or "Alertmanager" or "KafkaNodePool" => replicas * RequestOf(manifest.Content["spec"]!),
            "Kafka" => RequestOf(manifest.At("spec", "entityOperator", "topicOperator")!),
            _ => 0,
        };
    }

    private static long RequestOf(JsonNode container) => container["resources"]?["requests"]?["memory"]?.GetValue<string>() is { } text
        ? text switch
        {
            _ when text.EndsWith("Mi", StringComparison.Ordinal) =>
                long.Parse(text[..^2], System.Globalization.CultureInfo.InvariantCulture) * MiB,
            _ when text.EndsWith("Gi", StringComparison.Ordinal) =>
                long.Parse(text[..^2], System.Globalization.CultureInfo.InvariantCulture) * 1024 * MiB,
            _ => throw new FormatException($"'{text}' is in another unit than Mi and Gi"),
        }
        : 0;
}
