using System.Text.Json.Nodes;

namespace Observability.Deploy.Tests.Config;

public sealed class DashboardTests
{
    private const int Columns = 24;

    // Grafana has them built in.
    private static readonly string[] BuiltIn = ["-- Grafana --"];

    [Fact]
    public void There_is_a_dashboard_for_each_view_of_the_stack() =>
        Assert.Equal(["forwarder", "logs", "pipeline", "stack"],
            Dashboard.All.Select(dashboard => dashboard.Uid).Order(StringComparer.Ordinal));

    [Fact]
    public void A_dashboard_is_called_after_its_uid() =>
        Assert.All(Dashboard.All, dashboard => Assert.Equal($"{dashboard.Uid}.json", dashboard.Name));

    [Fact]
    public void Panel_ids_are_unique() =>
        Assert.All(Dashboard.All, dashboard => Assert.Distinct(dashboard.Panels.Select(panel => panel["id"]!.GetValue<int>())));

    [Fact]
    public void Titles_are_unique_within_a_row() =>
        Assert.All(Dashboard.All, dashboard =>
        {
            var row = "";
            Assert.Distinct(dashboard.Panels.Select(panel => panel["type"]!.GetValue<string>() == "row"
                ? row = panel["title"]!.GetValue<string>()
                : $"{row}/{panel["title"]}").ToList());
        });

    [Fact]
    public void Panels_do_not_overlap_or_leave_the_grid()
    {
        foreach (var dashboard in Dashboard.All)
        {
            var taken = new HashSet<(int, int)>();
            foreach (var panel in dashboard.Panels)
            {
                var (x, y, w, h) = (Grid(panel, "x"), Grid(panel, "y"), Grid(panel, "w"), Grid(panel, "h"));
                Assert.InRange(x + w, 1, Columns);
                for (var column = x; column < x + w; column++)
                {
                    for (var line = y; line < y + h; line++)
                        Assert.True(taken.Add((column, line)), $"{dashboard.Name}: {panel["title"]} overlaps another panel");
                }
            }
        }
    }

    [Fact]
    public void Every_panel_says_what_it_shows_and_in_which_unit()
    {
        foreach (var (dashboard, panel) in Dashboard.All.SelectMany(dashboard => dashboard.Panels.Select(panel => (dashboard, panel))))
        {
            if (panel["type"]!.GetValue<string>() == "row")
                continue;
            Assert.False(string.IsNullOrWhiteSpace(panel["description"]?.GetValue<string>()),
                $"{dashboard.Name}: {panel["title"]} has no description");
            if (panel["type"]!.GetValue<string>() == "timeseries")
                Assert.NotNull(panel["fieldConfig"]!["defaults"]!["unit"]);
        }
    }

    [Fact]
    public void Every_data_source_that_is_named_is_provisioned()
    {
        var provisioned = YamlFile.Read(ConfigFiles.DataSources).Maps("datasources").Select(source => source.Text("uid")!).Concat(BuiltIn)
            .ToHashSet(StringComparer.Ordinal);
        Assert.All(Dashboard.All, dashboard => Assert.All(Uids(dashboard.Json), uid => Assert.Contains(uid, provisioned)));
    }

    [Fact]
    public void Every_variable_that_a_query_uses_is_defined() =>
        Assert.All(Dashboard.All,
            dashboard => Assert.All(dashboard.Queries(),
                query => Assert.DoesNotContain("$", dashboard.Interpolate(query.Expression), StringComparison.Ordinal)));

    [Fact]
    public void Every_link_leads_to_a_dashboard_that_exists()
    {
        var known = Dashboard.All.Select(dashboard => dashboard.Uid).ToHashSet(StringComparer.Ordinal);
        var urls = Dashboard.All.SelectMany(dashboard => Strings(dashboard.Json, "url"))
            .Concat(YamlFile.Read(ConfigFiles.DataSources).Maps("datasources")
                .SelectMany(source => source.Children.ContainsKey("jsonData") ? source.Map("jsonData").Maps("derivedFields") : [])
                .Select(field => field.Text("url")!));
        Assert.All(urls.Where(url => url.StartsWith("/d/", StringComparison.Ordinal)),
            url => Assert.Contains(url["/d/".Length..].Split('?')[0], known));
    }

    private static int Grid(JsonObject panel, string key) => panel["gridPos"]![key]!.GetValue<int>();

    private static IEnumerable<string> Uids(JsonNode? node) => node switch
    {
        JsonObject o => (o["datasource"]?["uid"] is { } uid ? [uid.GetValue<string>()] : Array.Empty<string>()).Concat(
            o.SelectMany(child => Uids(child.Value))),
        JsonArray a => a.SelectMany(Uids),
        _ => [],
    };

    private static IEnumerable<string> Strings(JsonNode? node, string key) => node switch
    {
        JsonObject o => (o[key] is JsonValue value ? [value.GetValue<string>()] : Array.Empty<string>()).Concat(
            o.SelectMany(child => Strings(child.Value, key))),
        JsonArray a => a.SelectMany(child => Strings(child, key)),
        _ => [],
    };
}
