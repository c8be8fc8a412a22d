using System.Reflection;
using k8s;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>The published chart gives a cluster what was reviewed, whichever writer wrote it. <c>UPDATE_REVIEWED=1</c> takes over the
/// present one, for a new review.</summary>
public sealed class ReviewedChartTests(PublishedChart chart) : IClassFixture<PublishedChart>
{
    private static string Reviewed => typeof(ReviewedChartTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "ReviewedChart").Value!;

    [Fact]
    public void The_published_chart_holds_the_reviewed_objects()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_REVIEWED") == "1")
            TakeOver(PublishedChart.ReadFiles(chart.Directory));

        var reviewed = PublishedObjects.Of(Reviewed);
        var published = PublishedObjects.Of(chart.Directory);
        Assert.Equal(reviewed.Keys, published.Keys);
        Assert.All(reviewed, item => Assert.Equal(PublishedObjects.Canonical(item.Value), PublishedObjects.Canonical(published[item.Key])));
    }

    [Fact]
    public void The_published_chart_is_called_as_the_reviewed_one() => Assert.Equal(Description(Reviewed), Description(chart.Directory));

    [Fact]
    public void The_published_chart_is_set_as_the_reviewed_one()
    {
        Assert.Equal(Values(Reviewed), Values(chart.Directory));

        // The port is no one's to set; the package Aspire.Hosting.Kubernetes writes it as a value all the same.
        static IEnumerable<KeyValuePair<string, string>> Values(string directory) => ChartTemplates.UsedValues(directory)
            .Where(value => !value.Key.EndsWith(".port_http", StringComparison.Ordinal));
    }

    private static Dictionary<string, object> Description(string directory) => KubernetesYaml
        .Deserialize<Dictionary<string, object>>(File.ReadAllText(Path.Combine(directory, "Chart.yaml")))
        .Where(field => field.Key is "apiVersion" or "name" or "version" or "appVersion" or "description" or "type")
        .ToDictionary();

    private static void TakeOver(SortedDictionary<string, string> published)
    {
        if (Directory.Exists(Reviewed))
            Directory.Delete(Reviewed, recursive: true);
        foreach (var (path, text) in published)
        {
            var file = Path.Combine(Reviewed, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }
}
