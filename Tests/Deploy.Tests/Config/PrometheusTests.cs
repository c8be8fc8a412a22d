namespace Observability.Deploy.Tests.Config;

public sealed class PrometheusTests
{
    private static readonly string?[] Severities = ["warning", "critical"];
    private static readonly string[] Annotations = ["summary", "description", "action", "dashboard"];

    [Fact]
    public Task Promtool_accepts_the_configuration() =>
        Tool.PromtoolAcceptsAsync("check", "config", Path.Combine(ConfigFiles.Prometheus, "prometheus.yml"));

    [Fact]
    public Task Promtool_accepts_the_rules() => Tool.PromtoolAcceptsAsync("check", "rules", ConfigFiles.Rules);

    [Fact]
    public Task The_alerts_fire_and_stay_quiet_as_their_tests_say() => Tool.PromtoolAcceptsAsync("test", "rules", ConfigFiles.RuleTests);

    [Fact]
    public void Every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var names = YamlFile.Read(ConfigFiles.RuleTests).Maps("tests").Select(test => test.Text("name")!).ToList();
        foreach (var alert in Alerts().Select(alert => alert.Text("alert")!))
        {
            Assert.Contains(names, name => name.StartsWith($"{alert} fires ", StringComparison.Ordinal));
            Assert.Contains(names, name => name.StartsWith($"{alert} stays quiet ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_what_it_means_and_what_to_do()
    {
        foreach (var alert in Alerts())
        {
            Assert.Contains(alert.Map("labels").Text("severity"), Severities);
            Assert.All(Annotations,
                annotation => Assert.False(string.IsNullOrWhiteSpace(alert.Map("annotations").Text(annotation)),
                    $"{alert.Text("alert")} lacks {annotation}"));
        }
    }

    [Fact]
    public void Every_alert_leads_to_a_dashboard_that_exists()
    {
        var known = Dashboard.All.Select(dashboard => $"/d/{dashboard.Uid}").ToList();
        Assert.All(Alerts(), alert => Assert.Contains(alert.Map("annotations").Text("dashboard"), known));
    }

    private static IEnumerable<YamlDotNet.RepresentationModel.YamlMappingNode> Alerts() =>
        YamlFile.Read(ConfigFiles.Rules).Maps("groups").SelectMany(group => group.Maps("rules"))
            .Where(rule => rule.Text("alert") is not null);
}
