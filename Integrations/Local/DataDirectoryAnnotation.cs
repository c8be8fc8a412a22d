namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a program of this machine keeps its data over restarts.</summary>
/// <param name="path">The directory's full path.</param>
internal sealed class DataDirectoryAnnotation(string path) : IResourceAnnotation
{
    public string Path { get; } = path;
}
