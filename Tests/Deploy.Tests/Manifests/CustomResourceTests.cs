using Observability.Deploy.Tests.Charts;
using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Manifests;

public sealed class CustomResourceTests
{
    public static TheoryData<string> Kustomizations =>
        [.. Repository.Files("deploy/kafka", "kustomization.yaml").Where(file => Repository.Read(file).Contains("kind: Kustomization", StringComparison.Ordinal)).Select(file => Path.GetDirectoryName(file)!)];

    public static TheoryData<string> RuleFiles => [.. RuleFilesOfConfig()];

    [Fact]
    public void Every_custom_resource_has_the_schema_of_its_definition()
    {
        UpstreamCharts.SkipWithout();
        foreach (var manifest in PlainManifests.All.Where(manifest => !StrictModel.Knows(manifest)))
            CustomResourceDefinitions.Check(manifest);
    }

    [Theory]
    [MemberData(nameof(Kustomizations))]
    public async Task Every_variant_of_Kafka_has_the_schema_of_its_definition(string folder)
    {
        UpstreamCharts.SkipWithout();
        Tool.SkipWithout("kubectl");
        var result = await Tool.RunAsync("kubectl", ["kustomize", folder]);
        Assert.Equal("", result.Error);
        foreach (var manifest in Manifest.Parse(folder, result.Output))
            CustomResourceDefinitions.Check(manifest);
    }

    [Theory]
    [MemberData(nameof(RuleFiles))]
    public async Task The_rules_of_the_configuration_make_a_PrometheusRule(string file)
    {
        var result = await Tool.RunAsync("awk", ["-v", "name=rules", "-f", "deploy/prometheus-rule.awk", file]);
        var rule = Assert.Single(Manifest.Parse(file, result.Output));

        var rules = Assert.Single(Manifest.ReadFile(file));
        Assert.Equal(rules.At("groups")!.ToJsonString(), rule.At("spec", "groups")!.ToJsonString());
        UpstreamCharts.SkipWithout();
        CustomResourceDefinitions.Check(rule);
    }

    private static IEnumerable<string> RuleFilesOfConfig() =>
        Repository.Files("deploy/config/prometheus/rules", "*.y*ml").Where(file => !file.Contains("test", StringComparison.Ordinal));
}
