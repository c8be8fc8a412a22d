using System.Globalization;
using System.Text.RegularExpressions;
using Observability.Deploy.Tests.Manifests;
using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Rendering;

/// <summary>What each size asks, keeps and opens: the summaries that a person has read, and what must hold in each of them.</summary>
public sealed partial class SizeTests
{
    public static TheoryData<string, string> Variants => new()
    {
        { "summary-laptop", Charts.Variants.Laptop },
        { "summary-options", Charts.Variants.Options },
        { "summary-real-cluster", Charts.Variants.RealCluster },
    };

    public static TheoryData<string> Summaries => [.. Variants.Select(row => row.Data.Item1)];

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task The_summary_is_the_one_that_was_read(string snapshot, string variant) =>
        Snapshot.Check(snapshot, (await RenderedStack.OfAsync(variant)).Read("SUMMARY.md"), "md");

    [Fact]
    public async Task The_same_options_give_the_same_manifests()
    {
        var first = await RenderedStack.OfAsync(Charts.Variants.RealCluster);
        var folder = Directory.CreateTempSubdirectory("deploy-rendered-");
        try
        {
            var result = await Tool.RunAsync("deploy/render", ["--output", folder.FullName, "--chart", RenderedStack.ServicesChart, "--tag",
                "TAG", .. Charts.Variants.Arguments(Charts.Variants.RealCluster)]);
            Assert.True(result.ExitCode == 0, result.Error);
            var files = Directory.EnumerateFiles(first.Folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(first.Folder, file)).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(files, Directory.EnumerateFiles(folder.FullName, "*",
                SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder.FullName, file)).Order(StringComparer.Ordinal));
            Assert.All(files, file =>
                Assert.True(File.ReadAllBytes(Path.Combine(first.Folder, file)).AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(folder.FullName, file))), file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Summaries))]
    public void Kafka_keeps_no_more_than_its_volume_holds(string snapshot)
    {
        // On the real cluster's 200 GiB it might have kept 289.
        var match = Fill().Match(Read(snapshot));
        Assert.True(match.Success, "the summary does not tell how full the volumes may become");
        Assert.InRange(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), 1, 90);
    }

    [Theory]
    [InlineData("summary-laptop", "168h", "2d, 4GB at most")]
    [InlineData("summary-options", "168h", "2d, 4GB at most")]
    [InlineData("summary-real-cluster", "720h", "15d, 90GB at most")]
    public void Lines_and_series_are_kept_as_long_as_is_said(string snapshot, string loki, string prometheus)
    {
        Assert.Contains($"| Loki's lines | {loki} |", Read(snapshot), StringComparison.Ordinal);
        Assert.Contains($"| Prometheus' series | {prometheus} |", Read(snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_a_laptop_only_Grafana_is_on_the_ingress()
    {
        var text = Read("summary-real-cluster");
        var hosts = text[text.IndexOf("From outside", StringComparison.Ordinal)..text.IndexOf("## Who may talk", StringComparison.Ordinal)];
        Assert.Equal(["- http://grafana.local → prometheus-grafana.observability-monitoring"],
            hosts.Split('\n').Where(line => line.StartsWith('-')));
    }

    [Fact]
    public async Task Nothing_but_Prometheus_itself_can_be_reloaded_or_ended_over_HTTP()
    {
        // With the default strategy whoever reaches the page may call /-/quit.
        foreach (var variant in (string[])[Charts.Variants.Laptop, Charts.Variants.RealCluster])
            Assert.Equal("ProcessSignal", (await RenderedStack.OfAsync(variant)).Manifests.Single(manifest => manifest.Kind == "Prometheus")
                .Text("spec", "reloadStrategy"));
    }

    [Theory]
    [InlineData(Charts.Variants.Laptop)]
    [InlineData(Charts.Variants.RealCluster)]
    public async Task No_volume_goes_with_the_StatefulSet_that_uses_it(string variant)
    {
        // data-loki-backend-0 did, where deploy/down says that volumes stay.
        foreach (var set in (await RenderedStack.OfAsync(variant)).Manifests.Where(manifest => manifest.Kind == "StatefulSet"))
            Assert.True(set.At("spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted")?.ToString() is null or "Retain",
                $"{set} takes its volumes with it");
    }

    [Fact]
    public async Task A_volume_that_is_an_object_of_its_own_is_kept_by_Helm_too() =>
        Assert.All(
            (await RenderedStack.OfAsync(Charts.Variants.RealCluster)).Manifests.Where(
                manifest => manifest.Kind == "PersistentVolumeClaim"),
            claim => Assert.Equal("keep", claim.At("metadata", "annotations", "helm.sh/resource-policy")?.ToString()));

    [Fact]
    public async Task Grafana_may_read_the_ConfigMaps_of_its_namespace_and_no_Secret()
    {
        // Its chart's ClusterRole reads every Secret of the cluster.
        var stack = await RenderedStack.OfAsync(Charts.Variants.RealCluster);
        var bindings = stack.Manifests.Where(manifest => manifest.Kind is "ClusterRoleBinding" or "RoleBinding"
            && manifest.Items("subjects").Any(subject => subject["name"]!.ToString() == "prometheus-grafana")).ToList();
        var binding = Assert.Single(bindings);
        Assert.Equal("RoleBinding", binding.Kind);
        var role = stack.Single("Role", binding.Text("roleRef", "name"));
        Assert.Equal("""["configmaps"]""", Assert.Single(role.Items("rules"))["resources"]!.ToJsonString());
    }

    [Fact]
    public async Task Somebody_is_told_of_alerts_and_of_their_absence()
    {
        var stack = await RenderedStack.OfAsync(Charts.Variants.RealCluster);
        Assert.Contains("alert-receivers", stack.Manifests.Single(manifest => manifest.Kind == "Alertmanager").Items("spec",
            "secrets").Select(secret => secret.ToString()));
        var values = Manifest.ReadFile("deploy/values/real-cluster/prometheus.yaml").Single();
        Assert.Equal("team", values.Text("alertmanager", "config", "route", "receiver"));
        var watchdog = values.Items("alertmanager", "config", "route", "routes").First();
        Assert.Equal("dead-mans-switch", watchdog["receiver"]!.ToString());
        Assert.Contains("Watchdog", watchdog["matchers"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.All(
            values.Items("alertmanager", "config", "receivers").Where(receiver => receiver["name"]!.ToString() != "null"),
            receiver => Assert.StartsWith("/etc/alertmanager/secrets/alert-receivers/",
                receiver["webhook_configs"]![0]!["url_file"]!.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Charts.Variants.Laptop)]
    [InlineData(Charts.Variants.RealCluster)]
    public async Task Every_object_carries_the_stacks_label(string variant)
    {
        var stack = await RenderedStack.OfAsync(variant);
        var name = variant.Length == 0 ? "default" : "observability";
        Assert.All(stack.Manifests, manifest => Assert.Equal(name, manifest.At("metadata", "labels", "observability/stack")?.ToString()));
    }

    private static string Read(string snapshot) => Repository.Read($"Tests/Deploy.Tests/Snapshots/{snapshot}.md");

    [GeneratedRegex(@"The topics may fill .* \((\d+) %\)")]
    private static partial Regex Fill();
}
