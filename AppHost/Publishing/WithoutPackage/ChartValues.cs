namespace Observability.AppHost.Publishing;

/// <summary>The values of the chart, by service. What refers to them is text of Helm's.</summary>
internal sealed class ChartValues
{
    private readonly SortedDictionary<string, SortedDictionary<string, object?>> _parameters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedDictionary<string, object?>> _config = new(StringComparer.Ordinal);

    public object Document => new Dictionary<string, object> { ["parameters"] = _parameters, ["config"] = _config };

    public string Parameter(string service, string name, object? value) => Add(_parameters, "parameters", service, name, value);

    public string Config(string service, string name, object? value) => Add(_config, "config", service, name, value);

    private static string Add(SortedDictionary<string, SortedDictionary<string, object?>> section, string sectionName, string service, string name, object? value)
    {
        (service, name) = (service.Replace('-', '_'), name.Replace('-', '_'));
        if (!section.TryGetValue(service, out var values))
            section[service] = values = new(StringComparer.Ordinal);
        values[name] = value;
        return $"{{{{ .Values.{sectionName}.{service}.{name} }}}}";
    }
}
