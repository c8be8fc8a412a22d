using System.Text;

namespace Observability.Deploy.Tests.Scripts;

/// <summary>A folder that is the whole PATH: the shell's ordinary tools, and stand-ins for those that a test wants.</summary>
internal sealed class PathOfStubs : IDisposable
{
    private static readonly string[] Ordinary =
    [
        "awk", "base64", "basename", "bash", "cat", "cp", "cut", "date", "diff", "dirname", "env", "find", "git", "grep", "head", "ls",
        "mkdir", "mktemp", "mv", "rm", "sed", "sleep", "sort", "tail",
        "tee", "tr", "wc",
    ];

    private const string CallsFile = "calls";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deploy-tests-");

    public PathOfStubs()
    {
        var folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        foreach (var tool in Ordinary)
        {
            if (folders.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists) is { } file)
                File.CreateSymbolicLink(Path.Combine(_folder.FullName, tool), file);
        }
    }

    /// <summary>What a script must be given to see this path alone.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["PATH"] = _folder.FullName, ["DEPLOY_CHARTS"] = "" };

    /// <summary>What the stand-ins were called with, a line each.</summary>
    public string Calls => Read(CallsFile);

    /// <summary>Adds a stand-in that writes down how it was called and then does what the script says.</summary>
    public void Add(string name, string script)
    {
        var path = Path.Combine(_folder.FullName, name);

        // An ordinary tool is a link to the machine's own, which must not be written through.
        File.Delete(path);
        File.WriteAllText(path, new StringBuilder()
            .Append("#!/usr/bin/env bash\n")
            .Append("printf '%s %s\\n' \"${0##*/}\" \"$*\" >>\"${0%/*}/").Append(CallsFile).Append("\"\n")
            .Append(script).Append('\n').ToString());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Puts a file beside the stand-ins, which they find at <c>${0%/*}</c>.</summary>
    public void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.FullName, file), text);

    /// <summary>A path beside the stand-ins.</summary>
    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>What a stand-in wrote into a file beside it.</summary>
    public string Read(string file) =>
        File.Exists(Path.Combine(_folder.FullName, file)) ? File.ReadAllText(Path.Combine(_folder.FullName, file)) : "";

    public void Dispose() => _folder.Delete(recursive: true);
}
