using System.Text.RegularExpressions;

namespace Observability.AppHost.Publishing;

/// <summary>The last step of publishing: it fixes the images' tags, and knows whether a chart has been written.</summary>
/// <remarks>Aspire 13.6 exits with 0 when a step of the pipeline has failed, and names each image <c>&lt;resource&gt;:latest</c>.</remarks>
internal sealed partial class ChartCompletion(string imageTag)
{
    /// <summary>Where a chart has been written; null as long as there is none.</summary>
    public string? Directory { get; private set; }

    /// <summary>Completes the chart in a directory.</summary>
    public async Task RunAsync(string directory, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, "values.yaml");
        var values = await File.ReadAllTextAsync(file, cancellationToken);
        await File.WriteAllTextAsync(file, LatestTag().Replace(values, $"$1:{imageTag}"), cancellationToken);
        if (File.Exists(Path.Combine(directory, "Chart.yaml")))
            Directory = directory;
    }

    [GeneratedRegex("(_image: [^\n:]+):latest")]
    private static partial Regex LatestTag();
}
