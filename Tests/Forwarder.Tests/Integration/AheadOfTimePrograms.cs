using System.Diagnostics;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>Forwarder and LogGenerator as <c>dotnet publish -p:PublishAot=true</c> makes them.</summary>
public sealed class AheadOfTimePrograms : IAsyncLifetime
{
    // Why none are made here; null where they are.
    private static readonly string? Missing =
        Environment.GetEnvironmentVariable("CI") != "true"
            ? "Nothing is compiled ahead of time, which takes minutes: CI=true in the environment does it."
        : !IsInstalled("clang") && !IsInstalled("gcc") ? "Nothing is compiled ahead of time: it takes clang or gcc."
        : null;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ahead-of-time-");
    private string? _trouble;

    /// <summary>Skips a test where they are not made.</summary>
    public static void SkipWithout() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    /// <summary>The path of a program.</summary>
    public string this[string project]
    {
        get
        {
            Assert.True(_trouble is null, _trouble);
            return Path.Combine(_folder.FullName, "publish", project, "release", project);
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
            return;
        foreach (var project in (string[])["Forwarder", "LogGenerator"])
            _trouble ??= await PublishAsync(project);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<string?> PublishAsync(string project)
    {
        string[] arguments =
        [
            // All of it in a folder of its own: the other tests run what was built.
            "publish", Repository.PathOf(project), "--configuration", "Release", "--artifacts-path", _folder.FullName,
            "-p:PublishAot=true", "-p:RunAnalyzers=false", "-nodeReuse:false", "-verbosity:quiet", "-nologo",
        ];
        var start = ChildProcess.Info("dotnet", arguments);
        start.RedirectStandardOutput = true;
        // Else a server of the compiler's stays, and with it the output's end is open.
        start.Environment["UseSharedCompilation"] = "false";
        using var publish = Process.Start(start)!;
        var words = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? null : words;
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
