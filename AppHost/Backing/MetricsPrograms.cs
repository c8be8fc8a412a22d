using Observability.AppHost.Configuration;

namespace Observability.AppHost.Backing;

/// <summary>The programs that show metrics where no containers run.</summary>
/// <param name="Prometheus">Prometheus' path; null where it takes no part.</param>
/// <param name="Grafana">Grafana's path; null where it takes no part.</param>
/// <param name="Sentences">What would bring those that take no part, unless they were left out on purpose.</param>
internal sealed record MetricsPrograms(string? Prometheus, string? Grafana, IReadOnlyList<string> Sentences)
{
    private static readonly string[] GrafanaNames = ["grafana", "grafana-server"];

    /// <summary>Decides by the settings and, where they leave the choice open, by what is on the PATH.</summary>
    /// <param name="settings">The settings, checked.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="find">Finds a program on the PATH.</param>
    /// <param name="isFree">Whether a port can be listened on.</param>
    public static MetricsPrograms Choose(ProgramSettings settings, PortSettings ports, Func<string, string?> find, Func<int, bool> isFree)
    {
        var sentences = new List<string>();
        var prometheus = Choose(
            "Prometheus", settings.Prometheus, ["prometheus"], ports.Prometheus, "apt install prometheus, or brew install prometheus");
        var grafana = Choose(
            "Grafana", settings.Grafana, GrafanaNames, ports.Grafana, "brew install grafana, or https://grafana.com/grafana/download");
        return new(prometheus, grafana, sentences);

        string? Choose(string name, string? setting, string[] programs, int port, string source)
        {
            if (setting == ProgramSettings.None)
                return null;
            if (setting is not null)
                return setting;
            if (programs.Select(find).FirstOrDefault(path => path is not null) is not { } found)
                sentences.Add($"{name} would take part if it were on the PATH: {source}");
            else if (isFree(port))
                return found;
            else
                // Debian's package starts a server of its own: a run that went well before must not end for that.
                sentences.Add($"{name} takes no part, since port {port} is taken: choose another with --Stack:Ports:{name}=PORT");
            return null;
        }
    }
}
