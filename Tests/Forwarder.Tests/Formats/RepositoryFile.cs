namespace Observability.Forwarder.Tests.Formats;

internal static class RepositoryFile
{
    /// <summary>The path of a file of the repository that the tests run in.</summary>
    public static string PathOf(string path)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Observability.sln")))
            directory = directory.Parent;
        return Path.Combine(directory?.FullName
            ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has Observability.sln."), path);
    }
}
