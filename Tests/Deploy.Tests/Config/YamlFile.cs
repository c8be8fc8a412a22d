using YamlDotNet.RepresentationModel;

namespace Observability.Deploy.Tests.Config;

/// <summary>YAML as a tree, for tests that look at a few of its nodes.</summary>
internal static class YamlFile
{
    public static YamlMappingNode Read(string path)
    {
        using var reader = File.OpenText(path);
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    public static IEnumerable<YamlMappingNode> Maps(this YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var list) ? ((YamlSequenceNode)list).Children.Cast<YamlMappingNode>() : [];

    public static string? Text(this YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value : null;

    public static YamlMappingNode Map(this YamlMappingNode node, string key) => (YamlMappingNode)node.Children[key];
}
