using Observability.AppHost.Backing;
using Observability.AppHost.Configuration;

namespace Observability.AppHost.Tests.Backing;

public sealed class MetricsProgramsTests
{
    [Fact]
    public void What_is_on_the_PATH_takes_part()
    {
        var programs = Choose(new(), "/usr/bin/prometheus", "/usr/bin/grafana");
        Assert.Equal(("/usr/bin/prometheus", "/usr/bin/grafana"), (programs.Prometheus, programs.Grafana));
        Assert.Empty(programs.Sentences);
    }

    [Fact]
    public void Grafanas_older_program_will_do() =>
        Assert.Equal("/usr/sbin/grafana-server", Choose(new(), "/usr/sbin/grafana-server").Grafana);

    [Fact]
    public void What_is_not_there_is_named_with_what_would_bring_it()
    {
        var programs = Choose(new());
        Assert.Null(programs.Prometheus);
        Assert.Equal(
            [
                "Prometheus would take part if it were on the PATH: apt install prometheus, or brew install prometheus",
                "Grafana would take part if it were on the PATH: brew install grafana, or https://grafana.com/grafana/download",
            ],
            programs.Sentences);
    }

    [Fact]
    public void What_was_left_out_on_purpose_is_not_spoken_of()
    {
        var programs = Choose(new() { Prometheus = "none", Grafana = "none" }, "/usr/bin/prometheus");
        Assert.Null(programs.Prometheus);
        Assert.Empty(programs.Sentences);
    }

    [Fact]
    public void What_was_named_is_taken() => Assert.Equal("/opt/prometheus", Choose(new() { Prometheus = "/opt/prometheus" }).Prometheus);

    // Debian's package starts a server of its own on 9090.
    [Fact]
    public void A_program_on_the_PATH_whose_port_is_taken_takes_no_part()
    {
        var programs = MetricsPrograms.Choose(
            new() { Grafana = "none" }, new(), name => $"/usr/bin/{name}", port => port != 9090);
        Assert.Null(programs.Prometheus);
        Assert.Equal(
            ["Prometheus takes no part, since port 9090 is taken: choose another with --Stack:Ports:Prometheus=PORT"], programs.Sentences);
    }

    private static MetricsPrograms Choose(ProgramSettings settings, params string[] onThePath) => MetricsPrograms.Choose(
        settings, new(), name => onThePath.FirstOrDefault(path => Path.GetFileName(path) == name), _ => true);
}
