using System.Collections.Concurrent;
using Observability.Deploy.Tests.Charts;
using Observability.Deploy.Tests.Manifests;
using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Rendering;

/// <summary>What <c>deploy/render</c> makes of one set of options, with the upstream charts: each variant once a run of the
/// tests.</summary>
internal sealed class RenderedStack
{
    /// <summary>AppHost's chart as its own tests have reviewed it.</summary>
    public const string ServicesChart = "Tests/AppHost.Tests/Publishing/ReviewedChart";

    private static readonly ConcurrentDictionary<string, Lazy<Task<RenderedStack>>> Stacks = new();

    private RenderedStack(string folder)
    {
        Folder = folder;
        Manifests =
        [
            // The charts' definitions are megabytes, and checked by their own publishers.
            .. Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) != "kustomization.yaml")
                .Where(file => !file.Contains("00-crds", StringComparison.Ordinal) || Path.GetFileName(file) == "namespaces.yaml")
                .Order(StringComparer.Ordinal)
                .SelectMany(file => Manifest.Parse(Path.GetRelativePath(folder, file), File.ReadAllText(file))),
        ];
    }

    /// <summary>Where the manifests are.</summary>
    public string Folder { get; }

    /// <summary>All objects but the custom resource definitions.</summary>
    public IReadOnlyList<Manifest> Manifests { get; }

    public Manifest Single(string kind,
        string name) => Assert.Single(Manifests, manifest => manifest.Kind == kind && manifest.Name == name);

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>Renders with the charts of <c>DEPLOY_CHARTS</c>; the test is skipped where they, helm or kubectl are missing.</summary>
    public static Task<RenderedStack> OfAsync(string variant)
    {
        UpstreamCharts.SkipWithout();
        Tool.SkipWithout("helm");
        Tool.SkipWithoutKubectl();
        return Stacks.GetOrAdd(variant, options => new(() => RenderAsync(options))).Value;
    }

    private static async Task<RenderedStack> RenderAsync(string variant)
    {
        var folder = Directory.CreateTempSubdirectory("deploy-rendered-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var result = await Tool.RunAsync("deploy/render",
            ["--output", folder, "--chart", ServicesChart, "--tag", "TAG", .. Variants.Arguments(variant)]);
        Assert.True(result.ExitCode == 0, result.Error);
        return new(folder);
    }
}
