using System.Text.RegularExpressions;

namespace Observability.AppHost.Publishing;

/// <summary>The last step of publishing: it fixes the images' tags, and knows whether a chart has been written.</summary>
/// <remarks>Aspire 13.5 exits with 0 when a step of the pipeline has failed, and names each image <c>&lt;resource&gt;:latest</c>.</remarks>
internal sealed partial class ChartCompletion(string imageTag)
{
    /// <summary>The tag of the services' images.</summary>
    public string ImageTag { get; } = imageTag;

    /// <summary>Whether a chart has been written.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Completes the chart in a directory.</summary>
    public async Task RunAsync(string directory, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, "values.yaml");
        var values = await File.ReadAllTextAsync(file, cancellationToken);
        await File.WriteAllTextAsync(file, LatestTag().Replace(values, $"$1:{ImageTag}\""), cancellationToken);
        IsComplete = File.Exists(Path.Combine(directory, "Chart.yaml"));
    }

    [GeneratedRegex("(_image: \"[^\"]+):latest\"")]
    private static partial Regex LatestTag();
}
