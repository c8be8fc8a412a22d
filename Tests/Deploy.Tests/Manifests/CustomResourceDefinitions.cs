using System.Text.Json.Nodes;
using Observability.Deploy.Tests.Charts;

namespace Observability.Deploy.Tests.Manifests;

/// <summary>The definitions of the custom resources, from the upstream charts that bring them.</summary>
internal static class CustomResourceDefinitions
{
    // k3s installs this one itself; no chart at hand has its schema.
    private const string OfK3s = "helm.cattle.io/v1";

    private static readonly Lazy<Dictionary<string, JsonNode>> Schemas = new(Read);

    public static void Check(Manifest manifest)
    {
        if (manifest.ApiVersion == OfK3s)
            return;
        Assert.True(Schemas.Value.TryGetValue($"{manifest.ApiVersion}/{manifest.Kind}", out var schema),
            $"{manifest}: no chart defines {manifest.ApiVersion} {manifest.Kind}");

        // Kubernetes itself looks after these three.
        var content = manifest.Content.DeepClone().AsObject();
        foreach (var field in (string[])["apiVersion", "kind", "metadata"])
            content.Remove(field);
        Assert.Empty(StructuralSchema.Errors(content, schema, $"{manifest}: "));
    }

    private static Dictionary<string, JsonNode> Read()
    {
        var schemas = new Dictionary<string, JsonNode>();
        foreach (var file in Directory.EnumerateFiles(UpstreamCharts.Directory!, "*.yaml", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(Path.GetDirectoryName(file)) != "crds")
                continue;
            foreach (var definition in Manifest.Parse(file,
                File.ReadAllText(file)).Where(manifest => manifest.Kind == "CustomResourceDefinition"))
            {
                foreach (var version in definition.Items("spec", "versions"))
                    schemas[$"{definition.Text("spec", "group")}/{version["name"]}/{definition.Text("spec", "names", "kind")}"] =
                        version["schema"]!["openAPIV3Schema"]!;
            }
        }

        return schemas;
    }
}
