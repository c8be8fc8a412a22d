namespace Aspire.Hosting;

/// <summary>Files of the host that a resource reads.</summary>
internal static class HostFiles
{
    /// <summary>
    /// A file of the host, to be copied into a container. A mount would keep the file's owner and mode, so that a container whose user
    /// is another could not read it where the files were made under a strict umask, or where SELinux stands between.
    /// </summary>
    /// <param name="builder">The container.</param>
    /// <param name="source">The file, relative to the AppHost's directory.</param>
    /// <param name="name">Its name in the container; the same when absent.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ContainerFile FileOfTheHost<T>(this IResourceBuilder<T> builder, string source, string? name = null)
        where T : IResource
    {
        var path = builder.PathOnTheHost(source);
        return File.Exists(path)
            ? new ContainerFile { Name = name ?? Path.GetFileName(path), SourcePath = path }
            : throw new FileNotFoundException($"{path}, which {builder.Resource.Name} reads, is not there.", path);
    }

    /// <summary>A directory of the host and what is below it, to be copied into a container.</summary>
    /// <param name="builder">The container.</param>
    /// <param name="source">The directory, relative to the AppHost's directory.</param>
    /// <param name="name">Its name in the container.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static ContainerDirectory DirectoryOfTheHost<T>(this IResourceBuilder<T> builder, string source, string name)
        where T : IResource
    {
        var path = builder.PathOnTheHost(source);
        return Directory.Exists(path)
            ? new ContainerDirectory
            {
                Name = name,
                Entries = ContainerDirectory.GetFileSystemItemsFromPath(path, searchOptions: SearchOption.AllDirectories),
            }
            : throw new DirectoryNotFoundException($"{path}, which {builder.Resource.Name} reads, is not there.");
    }

    /// <summary>The full path of what is named relative to the AppHost's directory.</summary>
    public static string PathOnTheHost<T>(this IResourceBuilder<T> builder, string path)
        where T : IResource => Path.GetFullPath(path, builder.ApplicationBuilder.AppHostDirectory);

    /// <summary>Makes a directory before the resource starts, and lets others put into it what the resource reads.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="run">The directory.</param>
    /// <param name="fill">Fills it, at each start.</param>
    public static IResourceBuilder<T> WithRunDirectory<T>(
        this IResourceBuilder<T> builder, RunDirectory run, Func<CancellationToken, Task>? fill = null)
        where T : IResource => builder
        .WithAnnotation(run)
        .OnBeforeResourceStarted(async (_, start, cancellationToken) =>
        {
            run.Create(start.Services);
            if (fill is not null)
                await fill(cancellationToken);
        });
}
