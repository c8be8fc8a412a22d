using System.Text.RegularExpressions;
using Observability.Deploy.Tests.Manifests;
using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Charts;

/// <summary>A release of an upstream chart as deploy/up installs it.</summary>
/// <param name="Name">The release's name.</param>
/// <param name="Chart">The chart's name.</param>
/// <param name="Namespace">Where it is installed.</param>
/// <param name="ValuesFiles">Its files of values, in order.</param>
/// <param name="Feed">The command that prints more values; empty when there is none.</param>
internal sealed partial record Release(string Name, string Chart, string Namespace, IReadOnlyList<string> ValuesFiles, string Feed)
{
    // What k3s answers, and the API that the Prometheus operator adds before any other chart is installed.
    private static readonly string[] Capabilities = ["--kube-version", "1.35.5", "--api-versions", "monitoring.coreos.com/v1", "--api-versions", "apiregistration.k8s.io/v1"];

    public string ChartFolder => Path.Combine(UpstreamCharts.Directory!, Chart);

    /// <summary>What <c>deploy/up</c> would install with these options.</summary>
    public static async Task<IReadOnlyList<Release>> OfAsync(params string[] options)
    {
        var result = await Tool.RunAsync("deploy/up", ["--dry-run", "--tag", "TAG", .. options]);
        Assert.Equal(0, result.ExitCode);
        return
        [
            .. from match in HelmCommand().Matches(result.Error)
               select new Release(
                   match.Groups["release"].Value,
                   match.Groups["chart"].Value.Split('/')[^1],
                   match.Groups["namespace"].Value,
                   [.. ValuesFile().Matches(match.Value).Select(file => file.Groups[1].Value)],
                   match.Groups["feed"].Value),
        ];
    }

    /// <summary>All that Helm would send to the cluster.</summary>
    public async Task<IReadOnlyList<Manifest>> RenderAsync()
    {
        IEnumerable<string> arguments = ["template", Name, ChartFolder, "--namespace", Namespace, .. Capabilities, .. ValuesFiles.SelectMany(file => (string[])["--values", file])];
        var input = "";
        if (Feed.Length > 0)
        {
            input = (await Tool.RunAsync("bash", ["-c", Feed])).Output;
            arguments = [.. arguments, "--values", "-"];
        }

        var result = await Tool.RunAsync("helm", arguments, input: input);
        Assert.True(result.ExitCode == 0, $"{Name}: {result.Error}");
        return [.. Manifest.Parse($"{Name} ({string.Join(", ", ValuesFiles)})", result.Output).Select(manifest => manifest.InNamespace(Namespace))];
    }

    [GeneratedRegex(@"^\+ (?:(?<feed>awk [^|]*) \| )?helm upgrade --install (?<release>\S+) (?<chart>\S+) .*--version \S+ .*--namespace (?<namespace>\S+) .*$", RegexOptions.Multiline)]
    private static partial Regex HelmCommand();

    [GeneratedRegex(@"--values (\S+\.yaml)")]
    private static partial Regex ValuesFile();
}
