namespace Observability.AppHost.Publishing;

/// <summary>The values of the chart, by service, as they stand in values.yaml.</summary>
internal sealed class ChartValues
{
    /// <summary>What the manifests are given: images.</summary>
    public SortedDictionary<string, SortedDictionary<string, string>> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>What the services are given.</summary>
    public SortedDictionary<string, SortedDictionary<string, string>> Config { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds a value that a manifest refers to.</summary>
    /// <returns>The reference, for a template.</returns>
    public string Parameter(string service, string name, string value) => Add(Parameters, "parameters", service, name, value);

    /// <summary>Adds a value that a service's configuration refers to.</summary>
    /// <returns>The reference, for a template.</returns>
    public string Setting(string service, string name, string value) => Add(Config, "config", service, name, value);

    // A template cannot name a value with a hyphen.
    private static string Add(SortedDictionary<string, SortedDictionary<string, string>> section, string sectionName, string service,
        string name, string value)
    {
        (service, name) = (service.Replace('-', '_'), name.Replace('-', '_'));
        if (!section.TryGetValue(service, out var values))
            section[service] = values = new(StringComparer.Ordinal);
        values[name] = value;
        return $"{{{{ .Values.{sectionName}.{service}.{name} }}}}";
    }
}
