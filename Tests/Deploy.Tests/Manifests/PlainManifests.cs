namespace Observability.Deploy.Tests.Manifests;

/// <summary>The manifests of <c>deploy</c> that are applied as they are; Kafka's go through kustomize, and are whole resources
/// too.</summary>
internal static class PlainManifests
{
    private static readonly string[] Folders = ["deploy/ingress", "deploy/kafka", "deploy/monitoring", "deploy/network-policies",
        "deploy/object-store"];

    public static IReadOnlyList<string> Files { get; } =
    [
        .. Folders.SelectMany(folder => Repository.Files(folder, "*.yaml")).Where(file => Path.GetFileName(file) != "kustomization.yaml"),
    ];

    public static IReadOnlyList<Manifest> All { get; } = [.. Files.SelectMany(Manifest.ReadFile)];
}
