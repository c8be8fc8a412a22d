using Observability.ServiceDefaults.Settings;

namespace Observability.AppHost.Configuration;

/// <summary>
/// Programs of this machine for the run without containers. Once checked, each is a full path, null, or <see cref="None"/>.
/// </summary>
internal sealed class ProgramSettings
{
    /// <summary>What leaves a program out that would take part.</summary>
    public const string None = "none";

    private const string OnThePath = "what is on the PATH";

    /// <summary>Prometheus; null for what is on the PATH.</summary>
    [Setting("without containers: Prometheus' program, a path or a name; none leaves it out", Value = "PATH", Default = OnThePath)]
    public string? Prometheus { get; set; }

    /// <summary>Grafana; null for what is on the PATH.</summary>
    [Setting("without containers: Grafana's program, a path or a name; none leaves it out", Value = "PATH", Default = OnThePath)]
    public string? Grafana { get; set; }

    /// <summary>A real Loki in the embedded one's place; null for the embedded one.</summary>
    [Setting("without containers: program of a real Loki, which takes the embedded one's place", Value = "PATH")]
    public string? Loki { get; set; }

    /// <summary>A real Alloy in the embedded collector's place; null for the embedded one.</summary>
    [Setting("without containers: program of a real Alloy, which takes the embedded collector's place", Value = "PATH")]
    public string? Alloy { get; set; }

    /// <summary>Finds the programs that are named.</summary>
    public void Check(SettingFaults faults, HostFileFinder files)
    {
        Prometheus = Find(nameof(Prometheus), Prometheus, mayBeLeftOut: true);
        Grafana = Find(nameof(Grafana), Grafana, mayBeLeftOut: true);
        Loki = Find(nameof(Loki), Loki, mayBeLeftOut: false);
        Alloy = Find(nameof(Alloy), Alloy, mayBeLeftOut: false);

        string? Find(string name, string? program, bool mayBeLeftOut)
        {
            if (program is null)
                return null;
            if (program.Equals(None, StringComparison.OrdinalIgnoreCase))
                return mayBeLeftOut ? None : null;
            if (files.FindProgram(program) is { } path)
                return path;
            var accepts = $"a program: a path, {files.Places}, or a name that is on the PATH";
            faults.Add($"{nameof(StackSettings.Programs)}:{name}", program, mayBeLeftOut ? $"{accepts}; or {None}" : accepts);
            return null;
        }
    }
}
