namespace Observability.AppHost.Configuration;

/// <summary>Finds files that settings name.</summary>
/// <param name="appHostDirectory">AppHost's directory, from which <c>dotnet run</c> starts it.</param>
internal sealed class HostFileFinder(string? appHostDirectory)
{
    private readonly string _appHostDirectory = appHostDirectory ?? Directory.GetCurrentDirectory();

    // The shell's directory, which dotnet run leaves for the project's: what somebody types there is meant from there.
    private readonly string? _shellDirectory = Environment.GetEnvironmentVariable("PWD");

    /// <summary>What a path may be relative to, for messages.</summary>
    public string Places => $"relative to {string.Join(" or ", Roots())}";

    /// <summary>The full path of a file that is there; null where it is not.</summary>
    /// <param name="path">The path, relative to AppHost's directory or to that of the shell.</param>
    public string? Find(string path) => Roots().Select(root => Path.GetFullPath(path, root)).FirstOrDefault(File.Exists);

    /// <summary>The full path of a program, which may also be a name that is on the PATH; null where there is none.</summary>
    /// <param name="program">The path or the name.</param>
    public string? FindProgram(string program) =>
        (program == Path.GetFileName(program) ? OnThePath(program) : null) ?? Find(program);

    /// <summary>The full path of a program that is on the PATH; null where there is none.</summary>
    /// <param name="name">Its name, without the ending that Windows gives it.</param>
    public static string? OnThePath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(directory => new[] { Path.Combine(directory, name), Path.Combine(directory, name + ".exe") })
        .FirstOrDefault(IsProgram);

    private static bool IsProgram(string path) => File.Exists(path) && (OperatingSystem.IsWindows()
        ? path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase)
        : (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private IEnumerable<string> Roots() => new[] { _appHostDirectory, _shellDirectory }.OfType<string>().Distinct();
}
