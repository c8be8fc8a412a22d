namespace Observability.Deploy.Tests.Config;

public sealed class DataSourceTests
{
    [Fact]
    public void The_uids_are_fixed_and_the_addresses_come_from_the_environment() =>
        Assert.Equal(
            [("prometheus", "prometheus", "$PROMETHEUS_URL"), ("loki", "loki", "$LOKI_URL")],
            YamlFile.Read(ConfigFiles.DataSources).Maps("datasources")
                .Select(source => (source.Text("uid")!, source.Text("type")!, source.Text("url")!)));

    [Fact]
    public void Metrics_lead_to_logs_and_logs_to_metrics()
    {
        var sources = YamlFile.Read(ConfigFiles.DataSources).Maps("datasources").ToDictionary(source => source.Text("uid")!);
        Assert.Contains(sources["prometheus"].Maps("correlations"), correlation => correlation.Text("targetUID") == "loki");
        Assert.Contains(sources["loki"].Map("jsonData").Maps("derivedFields"), field => field.Text("url") == "/d/pipeline");
        Assert.All(
            Dashboard.All.Where(dashboard => dashboard.Uid != "logs").SelectMany(dashboard => dashboard.Panels)
                .Where(panel => panel["type"]!.GetValue<string>() == "timeseries"),
            panel => Assert.Contains("/d/logs", panel["fieldConfig"]!["defaults"]!["links"]!.ToJsonString(), StringComparison.Ordinal));
    }
}
