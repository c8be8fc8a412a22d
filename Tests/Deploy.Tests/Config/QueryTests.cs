using Observability.Embedded.EmbeddedLoki.LogQl;

namespace Observability.Deploy.Tests.Config;

public sealed class QueryTests(LiveNames live) : IClassFixture<LiveNames>
{
    private static readonly string[] OwnPrefixes = ["forwarder_", "loggenerator_", "dotnet_"];

    [Fact]
    public async Task Promtool_parses_every_PromQL_query_of_the_dashboards()
    {
        var rules = Path.Combine(Path.GetTempPath(), $"dashboards-{Guid.NewGuid():n}.yaml");
        var lines = PromQl()
            .Select((query, number) => $"  - record: q{number}\n    expr: {System.Text.Json.JsonSerializer.Serialize(query.Expression)}\n");
        try
        {
            await File.WriteAllTextAsync(rules, $"groups:\n- name: dashboards\n  rules:\n{string.Concat(lines)}",
                TestContext.Current.CancellationToken);
            await Tool.PromtoolAcceptsAsync("check", "rules", "--lint=none", rules);
        }
        finally
        {
            File.Delete(rules);
        }
    }

    [Fact]
    public void The_embedded_store_parses_every_LogQL_query() =>
        Assert.All(LogQl(), query => Assert.Null(Record.Exception(() => LogQlParser.Parse(query.Expression))));

    [Fact]
    public void The_dashboards_and_rules_name_only_series_that_something_exposes()
    {
        var recorded = Rules().Select(rule => rule.Text("record")).OfType<string>();
        var known = KnownNames.OfBackingServices.Concat(live.Possible).Concat(recorded).ToHashSet(StringComparer.Ordinal);
        var used = PromQl().Concat(
            Rules().Select(rule => (Place: $"rule {rule.Text("alert") ?? rule.Text("record")}", Expression: rule.Text("expr")!)));
        Assert.All(used, query => Assert.All(PromQlNames.In(query.Expression),
            name => Assert.True(known.Contains(name), $"{query.Place}: nothing exposes {name}")));
    }

    [Fact]
    public void What_the_services_expose_is_called_as_their_instruments_say() =>
        Assert.Empty(live.Exposed.Where(name => OwnPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .Except(live.Possible));

    [Theory]
    [InlineData("sum by (topic) (rate(a_total{x=\"b{c}\"}[5m])) / on (topic) group_left b", "a_total,b")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(c_bucket[1m]))) > bool 1e3 or d:e:f unless g offset 10m", "c_bucket,d:e:f,g")]
    public void Names_are_told_from_everything_else(string expression,
        string names) => Assert.Equal(names.Split(','), PromQlNames.In(expression));

    private static IEnumerable<YamlDotNet.RepresentationModel.YamlMappingNode> Rules() =>
        YamlFile.Read(ConfigFiles.Rules).Maps("groups").SelectMany(group => group.Maps("rules"));

    private static IEnumerable<(string Place, string Expression)> PromQl() => Queries("prometheus");

    private static IEnumerable<(string Place, string Expression)> LogQl() =>
        Queries("loki").Concat(YamlFile.Read(ConfigFiles.DataSources).Maps("datasources")
            .SelectMany(source => source.Maps("correlations"))
            .Where(correlation => correlation.Text("targetUID") == "loki")
            .Select(correlation => ("correlation", correlation.Map("config").Map("target").Text("expr")!)));

    private static IEnumerable<(string Place, string Expression)> Queries(string source) =>
        Dashboard.All.SelectMany(dashboard => dashboard.Queries()
            .Where(query => query.DataSource == source)
            .Select(query => (query.Place, dashboard.Interpolate(query.Expression))));
}
