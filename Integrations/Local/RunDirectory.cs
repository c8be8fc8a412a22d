using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>
/// A directory of the machine for what a program reads and writes in one run. It is made when the program starts, and goes with the run.
/// </summary>
/// <param name="name">What it is called after.</param>
internal sealed class RunDirectory(string name) : IResourceAnnotation
{
    /// <summary>Its path.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{name}-{Guid.NewGuid():N}");

    /// <summary>Makes it, readable for this user alone.</summary>
    /// <param name="services">Those of the application, whose end is the directory's.</param>
    public void Create(IServiceProvider services)
    {
        if (Directory.Exists(Path))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Path);
        else
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(Delete);
    }

    /// <summary>Puts a copy of a file, or of the files below a directory, into it.</summary>
    /// <param name="source">The file or the directory.</param>
    /// <param name="target">The path within this directory.</param>
    public void Copy(string source, string target)
    {
        var destination = System.IO.Path.Combine(Path, target);
        if (File.Exists(source))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(destination)!);
            File.Copy(source, destination, overwrite: true);
            return;
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetRelativePath(source, file)));
    }

    // A program that was killed may still have a file open (Windows): then the system's own cleaning has to do it.
    private void Delete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
