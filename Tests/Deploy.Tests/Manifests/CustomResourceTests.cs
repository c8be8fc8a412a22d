using Observability.Deploy.Tests.Charts;
using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Manifests;

public sealed class CustomResourceTests
{
    public static TheoryData<string> RuleFiles => [.. RuleFilesOfConfig()];

    [Fact]
    public void Every_custom_resource_has_the_schema_of_its_definition()
    {
        UpstreamCharts.SkipWithout();
        foreach (var manifest in PlainManifests.All.Where(manifest => !StrictModel.Knows(manifest)))
            CustomResourceDefinitions.Check(manifest);
    }

    [Theory]
    [MemberData(nameof(RuleFiles))]
    public async Task The_rules_of_the_configuration_make_a_PrometheusRule(string file)
    {
        var result = await Tool.RunAsync("awk", ["-v", "name=rules", "-f", "deploy/rendering/prometheus-rule.awk", file]);
        var rule = Assert.Single(Manifest.Parse(file, result.Output));

        var rules = Assert.Single(Manifest.ReadFile(file));
        Assert.Equal(rules.At("groups")!.ToJsonString(), rule.At("spec", "groups")!.ToJsonString());
        UpstreamCharts.SkipWithout();
        CustomResourceDefinitions.Check(rule);
    }

    private static IEnumerable<string> RuleFilesOfConfig() =>
        Repository.Files("deploy/config/prometheus/rules", "*.y*ml").Where(file => !file.Contains("test", StringComparison.Ordinal));
}
