using System.Text.Json.Nodes;
using Observability.Deploy.Tests.Manifests;
using Observability.Deploy.Tests.Scripts;
using Observability.Deploy.Tests.Wiring;

namespace Observability.Deploy.Tests.Charts;

public sealed class RenderedChartTests
{
    // The user and the file system of a container are its image's affair where the chart has no say; deploy/README.md lists these.
    private static readonly string[] WritesToItsImage = ["ingress-nginx-controller"];

    [Theory]
    [InlineData(Variants.Laptop)]
    [InlineData(Variants.Options)]
    [InlineData(Variants.RealCluster)]
    public async Task Every_object_has_only_fields_that_Kubernetes_and_the_operators_know(string variant)
    {
        foreach (var manifest in await RenderAsync(variant))
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
        var rendered = await RenderAsync(variant);
        foreach (var service in ServiceTable.Read().Where(service => service.Release.Length > 0 && service.IsThere(variant)))
        {
            var manifest = Assert.Single(rendered, manifest => manifest is { Kind: "Service" } && manifest.Name == service.Name && manifest.Namespace == service.Namespace);
            Assert.Contains(manifest.Items("spec", "ports"), port => port["port"]!.GetValue<int>() == service.Port);
        }
    }

    [Theory]
    [InlineData(Variants.Laptop)]
    [InlineData(Variants.Options)]
    [InlineData(Variants.RealCluster)]
    public async Task Every_container_has_a_memory_limit_is_unprivileged_and_cannot_write_to_its_image(string variant)
    {
        foreach (var manifest in await RenderAsync(variant))
        {
            if (manifest.Kind is not ("Deployment" or "StatefulSet" or "DaemonSet"))
                continue;
            var pod = manifest.At("spec", "template", "spec")!;
            foreach (var container in pod["containers"]!.AsArray().Select(container => container!))
            {
                var what = $"{manifest} {container["name"]}";
                Assert.True(container["resources"]?["limits"]?["memory"] is not null, $"{what} has no memory limit");
                Assert.True(Either(container, pod, "runAsNonRoot"), $"{what} may run as root");
                Assert.True(Either(container, pod, "readOnlyRootFilesystem") || WritesToItsImage.Contains(manifest.Name), $"{what} can write to its image");
            }
        }
    }

    [Fact]
    public async Task The_laptop_asks_for_less_memory_than_its_8_GB()
    {
        var rendered = await RenderAsync(Variants.Laptop);
        var requested = rendered.Concat(PlainManifests.All).Sum(RequestedMemory) + ServicesMemory;

        // The rest is k3s itself, the page cache and the person's other programs.
        Assert.InRange(requested / MiB, 1, 5 * 1024);
        TestContext.Current.TestOutputHelper!.WriteLine($"{requested / MiB} MiB");
    }

    [Fact]
    public async Task Every_network_policy_selects_a_pod_that_there_is()
    {
        var pods = (await RenderAsync(Variants.Laptop)).Concat(PlainManifests.All)
            .Where(manifest => manifest.At("spec", "template", "metadata", "labels") is not null)
            .Select(manifest => (manifest.Namespace, Labels: manifest.At("spec", "template", "metadata", "labels")!.AsObject()))
            .Concat(Known.PodsOfOperators)
            .ToList();
        foreach (var policy in PlainManifests.All.Where(manifest => manifest.Kind == "NetworkPolicy"))
        {
            Assert.True(pods.Any(pod => pod.Namespace == policy.Namespace && LabelSelector.Matches(policy.At("spec", "podSelector")!, pod.Labels)), $"{policy} selects no pod");
            foreach (var peer in policy.Items("spec", "ingress").SelectMany(rule => rule["from"]!.AsArray()).Where(peer => peer!["podSelector"] is not null))
            {
                var @namespace = peer!["namespaceSelector"]?["matchLabels"]?["kubernetes.io/metadata.name"]?.GetValue<string>() ?? policy.Namespace;
                Assert.True(
                    pods.Any(pod => pod.Namespace == @namespace && LabelSelector.Matches(peer["podSelector"]!, pod.Labels)),
                    $"{policy} lets in {peer.ToJsonString()}, and there is no such pod");
            }
        }
    }

    private const long MiB = 1024 * 1024;

    // AppHost's chart: LogGenerator and one Forwarder.
    private const long ServicesMemory = (256 + 512) * MiB;

    private static bool Either(JsonNode container, JsonNode pod, string setting) =>
        (container["securityContext"]?[setting] ?? pod["securityContext"]?[setting])?.GetValue<bool>() == true;

    private static long RequestedMemory(Manifest manifest)
    {
        var replicas = manifest.At("spec", "replicas")?.GetValue<int>() ?? 1;
        return manifest.Kind switch
        {
            "Deployment" or "StatefulSet" or "DaemonSet" => replicas * manifest.Items("spec", "template", "spec", "containers").Sum(RequestOf),
            "Prometheus" or "Alertmanager" or "KafkaNodePool" => replicas * RequestOf(manifest.Content["spec"]!),
            "Kafka" => RequestOf(manifest.At("spec", "entityOperator", "topicOperator")!),
            _ => 0,
        };
    }

    private static long RequestOf(JsonNode container) => container["resources"]?["requests"]?["memory"]?.GetValue<string>() is { } text
        ? text switch
        {
            _ when text.EndsWith("Mi", StringComparison.Ordinal) => long.Parse(text[..^2], System.Globalization.CultureInfo.InvariantCulture) * MiB,
            _ when text.EndsWith("Gi", StringComparison.Ordinal) => long.Parse(text[..^2], System.Globalization.CultureInfo.InvariantCulture) * 1024 * MiB,
            _ => throw new FormatException($"'{text}' is in another unit than Mi and Gi"),
        }
        : 0;

    private static async Task<List<Manifest>> RenderAsync(string variant)
    {
        UpstreamCharts.SkipWithout();
        Tool.SkipWithout("helm");
        var manifests = new List<Manifest>();
        foreach (var release in await Release.OfAsync(Variants.Arguments(variant)))
            manifests.AddRange(await release.RenderAsync());
        return manifests;
    }
}
