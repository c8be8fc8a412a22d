using System.Text.Json.Nodes;
using Observability.Deploy.Tests.Manifests;

namespace Observability.Deploy.Tests.Charts;

/// <summary>Helm takes a misspelt value in silence.</summary>
public sealed class ValuesTests
{
    // Maps that a chart passes on as they are, so that its own values.yaml does not list the keys.
    private static readonly string[] FreeForm =
    [
        "alertmanager.alertmanagerSpec.storage",
        "alertmanager.config",
        "grafana.grafana.ini",
        "grafana.persistence.annotations",
        "loki.commonConfig",
        "loki.compactor",
        "loki.limits_config",
        "loki.storage.bucketNames",
    ];

    // Kubernetes' own types, whose fields the rendered charts' tests check.
    private static readonly string[] OfKubernetes = ["affinity", "resources", "ecurityContext"];

    // release and file
    public static TheoryData<string, string> Files =>
    [
        .. from row in Repository.Read("deploy/charts.tsv").Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
           from file in Repository.Files("deploy/values", $"{row[0]}.yaml")
           select new TheoryDataRow<string, string>(row[3].Split('/')[^1], file),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_value_is_one_that_its_chart_has(string chart, string file)
    {
        UpstreamCharts.SkipWithout();
        var known = ValuesOf(Path.Combine(UpstreamCharts.Directory!, chart));
        Assert.Empty(Unknown(Manifest.ReadFile(file).Single().Content, known, "").Select(path => $"{file}: {path}"));
    }

    private static IEnumerable<string> Unknown(JsonObject values, JsonObject known, string prefix)
    {
        foreach (var (key, value) in values)
        {
            var path = prefix + key;
            if (FreeForm.Contains(path) || OfKubernetes.Any(type => key.EndsWith(type, StringComparison.Ordinal)))
                continue;
            if (!known.TryGetPropertyValue(key, out var default_))
                yield return path;
            else if (value is JsonObject map && default_ is JsonObject { Count: > 0 } inner)
            {
                foreach (var unknown in Unknown(map, inner, path + "."))
                    yield return unknown;
            }
        }
    }

    private static JsonObject ValuesOf(string chart)
    {
        var values = Manifest.Parse(chart, File.ReadAllText(Path.Combine(chart, "values.yaml"))).Single().Content;
        var parts = Path.Combine(chart, "charts");
        if (!Directory.Exists(parts))
            return values;

        // A chart's values for one of its parts are under the part's name, and the part has its own.
        foreach (var part in Directory.EnumerateDirectories(parts).Where(part => File.Exists(Path.Combine(part, "values.yaml"))))
        {
            var merged = Manifest.Parse(part, File.ReadAllText(Path.Combine(part, "values.yaml"))).SingleOrDefault()?.Content ?? [];
            Merge(merged, values[Path.GetFileName(part)] as JsonObject ?? []);
            values[Path.GetFileName(part)] = merged;
        }

        return values;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (into[key] is JsonObject inner && value is JsonObject map)
                Merge(inner, map);
            else if (value is not null || !into.ContainsKey(key))
                into[key] = value?.DeepClone();
        }
    }
}
