using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using k8s;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>
/// Renders the few template expressions that this chart has, so that its objects can be looked at where there is no helm:
/// values, the release's and the chart's name, and the checksum of another template. Anything else fails.
/// </summary>
internal static partial class ChartTemplates
{
    /// <summary>The text of each template by its path.</summary>
    /// <param name="directory">The chart's directory.</param>
    /// <param name="set">Values to change, such as <c>config.forwarder.loki_url</c>.</param>
    public static SortedDictionary<string, string> Render(string directory, params IEnumerable<(string Path, string Value)> set)
    {
        var values = Flatten(
            KubernetesYaml.Deserialize<Dictionary<object, object?>>(File.ReadAllText(Path.Combine(directory, "values.yaml"))));
        foreach (var (path, value) in set)
            values[path] = values.ContainsKey(path) ? value : throw new ArgumentException($"the chart has no value {path}");

        var templates = PublishedChart.ReadFiles(Path.Combine(directory, "templates"));
        return new(templates.Keys.ToDictionary(file => file, RenderFile), StringComparer.Ordinal);

        string RenderFile(string file) => Expression().Replace(templates[file], match => Evaluate(match.Groups[1].Value));

        string Evaluate(string expression) => expression switch
        {
            ".Release.Name" => "observability",
            ".Chart.Name" => "observability",
            _ when Value().Match(expression) is { Success: true } value => values[value.Groups[1].Value],
            _ when Checksum().Match(expression) is { Success: true } checksum => Sum(RenderFile(checksum.Groups[1].Value)),
            _ => throw new FormatException($"the chart has the expression {expression}, which these tests cannot render"),
        };
    }

    /// <summary>The values that the templates use, by their path.</summary>
    public static SortedDictionary<string, string> UsedValues(string directory)
    {
        var values = Flatten(
            KubernetesYaml.Deserialize<Dictionary<object, object?>>(File.ReadAllText(Path.Combine(directory, "values.yaml"))));
        var used = PublishedChart.ReadFiles(Path.Combine(directory, "templates")).Values
            .SelectMany(text => Expression().Matches(text))
            .Select(expression => Value().Match(expression.Groups[1].Value))
            .Where(value => value.Success)
            .Select(value => value.Groups[1].Value)
            .Distinct();
        return new(used.ToDictionary(path => path, path => values[path]), StringComparer.Ordinal);
    }

    // Of what the file says, not of how it is written.
    private static string Sum(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PublishedObjects.Canonical(PublishedObjects.Load(text).Single()))));

    private static Dictionary<string, string> Flatten(Dictionary<object, object?> values, string prefix = "")
    {
        var flat = new Dictionary<string, string>();
        foreach (var (key, value) in values)
        {
            if (value is Dictionary<object, object?> nested)
            {
                foreach (var (path, leaf) in Flatten(nested, $"{prefix}{key}."))
                    flat[path] = leaf;
            }
            else
            {
                flat[prefix + key] = value?.ToString() ?? "";
            }
        }

        return flat;
    }

    [GeneratedRegex(@"\{\{ (.*?) \}\}")]
    private static partial Regex Expression();

    [GeneratedRegex(@"^\.Values\.([\w.]+)(?: \| int)?(?: \| toString)?$")]
    private static partial Regex Value();

    [GeneratedRegex(@"^include \(print \$\.Template\.BasePath `/([^`]+)`\) \. \| sha256sum$")]
    private static partial Regex Checksum();
}
