using System.Text.Json;
using System.Text.Json.Nodes;

namespace Observability.Deploy.Tests.Config;

/// <summary>A dashboard's JSON, and what the tests ask of it.</summary>
internal sealed class Dashboard
{
    private Dashboard(string path)
    {
        Name = Path.GetFileName(path);
        Json = JsonNode.Parse(File.ReadAllText(path),
            documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
    }

    public static IReadOnlyList<Dashboard> All { get; } = [
        .. Directory.GetFiles(ConfigFiles.Dashboards, "*.json").Order(StringComparer.Ordinal).Select(path => new Dashboard(path))];

    public string Name { get; }

    public JsonObject Json { get; }

    public string Uid => Json["uid"]!.GetValue<string>();

    public IEnumerable<JsonObject> Panels => Json["panels"]!.AsArray().Select(panel => panel!.AsObject());

    public IEnumerable<JsonObject> Variables => Json["templating"]!["list"]!.AsArray().Select(variable => variable!.AsObject());

    /// <summary>Every query of the dashboard's panels, variables and annotations, with the uid of its data source.</summary>
    public IEnumerable<(string Place, string DataSource, string Expression)> Queries()
    {
        foreach (var panel in Panels)
        {
            foreach (var target in panel["targets"]?.AsArray() ?? [])
                yield return ($"{Name}: {panel["title"]}", target!["datasource"]!["uid"]!.GetValue<string>(),
                    target["expr"]!.GetValue<string>());
        }

        foreach (var annotation in Json["annotations"]!["list"]!.AsArray().Where(annotation => annotation!["expr"] is not null))
            yield return ($"{Name}: annotation {annotation!["name"]}", annotation["datasource"]!["uid"]!.GetValue<string>(),
                annotation["expr"]!.GetValue<string>());

        foreach (var variable in Variables.Where(
            variable => variable["query"] is JsonObject query && query["stream"]?.GetValue<string>() is { Length: > 0 }))
            yield return ($"{Name}: variable {variable["name"]}", variable["datasource"]!["uid"]!.GetValue<string>(),
                variable["query"]!["stream"]!.GetValue<string>());

        foreach (var variable in Variables.Where(variable => variable["definition"] is not null))
        {
            var definition = variable["definition"]!.GetValue<string>();
            yield return ($"{Name}: variable {variable["name"]}", variable["datasource"]!["uid"]!.GetValue<string>(),
                definition["label_values(".Length..definition.LastIndexOf(',')]);
        }
    }

    /// <summary>Puts a value in the place of each of Grafana's and the dashboard's variables, as Grafana does before it asks.</summary>
    public string Interpolate(string expression)
    {
        // The longest name first: $__range is the beginning of $__range_s.
        var values = Variables.Select(
            variable => (Name: variable["name"]!.GetValue<string>(), Value: variable["allValue"]?.GetValue<string>() ?? "x"))
            .Concat([(Name: "__rate_interval", Value: "1m"), (Name: "__range", Value: "1h"), (Name: "__auto", Value: "1m")]);
        foreach (var (name, value) in values.OrderByDescending(variable => variable.Name.Length))
            expression = expression.Replace($"${name}", value, StringComparison.Ordinal);
        return expression;
    }
}
