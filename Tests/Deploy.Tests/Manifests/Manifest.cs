using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Observability.Deploy.Tests.Manifests;

/// <summary>One document of a YAML file.</summary>
/// <param name="Source">Where it was read, for messages.</param>
/// <param name="Content">What it says.</param>
internal sealed partial record Manifest(string Source, JsonObject Content)
{
    public string ApiVersion => Text("apiVersion");

    /// <summary>Its kind; empty for a file that is none of Kubernetes'.</summary>
    public string Kind => At("kind")?.ToString() ?? "";

    public string Name => Text("metadata", "name");

    /// <summary>The namespace that it names; empty when it names none.</summary>
    public string Namespace => Content["metadata"]?["namespace"]?.GetValue<string>() ?? "";

    public override string ToString() => $"{Source}: {Kind}/{Name}";

    public JsonNode? At(params string[] path) => path.Aggregate((JsonNode?)Content, (node, key) => node?[key]);

    public string Text(params string[] path) =>
        At(path)?.ToString() ?? throw new InvalidDataException($"{Source} has no {string.Join('.', path)}.");

    public IEnumerable<JsonNode> Items(params string[] path) => (At(path) as JsonArray ?? []).Select(item => item!);

    /// <summary>The same, in the namespace that Helm puts it into when it names none itself.</summary>
    public Manifest InNamespace(string name)
    {
        if (Content["metadata"] is JsonObject metadata && !metadata.ContainsKey("namespace"))
            metadata["namespace"] = name;
        return this;
    }

    public static IReadOnlyList<Manifest> ReadFile(string path) => Parse(path, Repository.Read(path));

    public static IReadOnlyList<Manifest> Parse(string source, string yaml)
    {
        var deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build();

        // YamlDotNet does not take a block that begins with a line of spaces, which charts write and every other reader takes.
        var parser = new Parser(new StringReader(LineOfSpaces().Replace(yaml, "")));
        var manifests = new List<Manifest>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            // A document of comments alone says nothing.
            if (deserializer.Deserialize<object?>(parser) is { } document)
                manifests.Add(new(source, ToJson(document)!.AsObject()));
        }

        return manifests;
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        IDictionary<object, object?> map =>
            new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key.ToString()!, ToJson(entry.Value)))),
        IEnumerable<object?> list => new JsonArray([.. list.Select(ToJson)]),
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        float or double => JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture)),

        // As text and back, so that a number can be read as whatever type it fits.
        _ => JsonNode.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!),
    };

    [GeneratedRegex("^ +$", RegexOptions.Multiline)]
    private static partial Regex LineOfSpaces();
}
