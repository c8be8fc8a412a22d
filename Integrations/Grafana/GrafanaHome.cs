namespace Aspire.Hosting;

/// <summary>Finds what Grafana's program needs of its installation: the defaults, and the pages.</summary>
internal static class GrafanaHome
{
    /// <summary>
    /// The home of a program: <c>..</c> of an unpacked archive, <c>../share/grafana</c> of a Debian package and of Homebrew.
    /// </summary>
    /// <param name="command">The program's path.</param>
    /// <returns>The directory that holds <c>conf/defaults.ini</c>; null where there is none.</returns>
    public static string? Find(string command)
    {
        if (!File.Exists(command))
            return null;

        // Homebrew's is a link into the version's own tree.
        var programs = new[] { command, File.ResolveLinkTarget(command, returnFinalTarget: true)?.FullName };
        return programs.OfType<string>()
            .Select(program => Path.GetDirectoryName(Path.GetFullPath(program))!)
            .SelectMany(directory => new[] { Path.Combine(directory, ".."), Path.Combine(directory, "..", "share", "grafana") })
            .Select(Path.GetFullPath)
            .FirstOrDefault(home => File.Exists(Path.Combine(home, "conf", "defaults.ini")));
    }
}
