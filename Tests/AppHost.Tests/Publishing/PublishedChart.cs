namespace Observability.AppHost.Tests.Publishing;

/// <summary>The chart as the in-process pipeline writes it.</summary>
public sealed class PublishedChart : IAsyncLifetime
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("chart-").FullName;

    public async ValueTask InitializeAsync()
    {
        string[] args = ["--operation", "publish", "--step", "publish", "--output-path", Directory];
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(args);
        await using var app = await builder.BuildAsync();
        await app.RunAsync();
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The files of a directory by their relative path, with / on every system.</summary>
    public static SortedDictionary<string, string> ReadFiles(string directory) => new(
        System.IO.Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(directory, file).Replace('\\', '/'),
            file => File.ReadAllText(file).ReplaceLineEndings("\n")),
        StringComparer.Ordinal);
}
