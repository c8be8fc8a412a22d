using System.Reflection;

namespace Observability.AppHost.Tests.Publishing;

/// <summary>The published chart is, word for word, the one that was reviewed. <c>UPDATE_REVIEWED=1</c> takes over the present one, for a new review.</summary>
public sealed class ReviewedChartTests(PublishedChart chart) : IClassFixture<PublishedChart>
{
    private static string Reviewed => typeof(ReviewedChartTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "ReviewedChart").Value!;

    [Fact]
    public void The_published_chart_is_the_reviewed_one()
    {
        var published = PublishedChart.ReadFiles(chart.Directory);
        if (Environment.GetEnvironmentVariable("UPDATE_REVIEWED") == "1")
            TakeOver(published);

        var reviewed = PublishedChart.ReadFiles(Reviewed);
        Assert.Equal(reviewed.Keys, published.Keys);
        Assert.All(reviewed, file => Assert.Equal(file.Value, published[file.Key]));
    }

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
