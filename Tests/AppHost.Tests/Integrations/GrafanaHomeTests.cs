namespace Observability.AppHost.Tests.Integrations;

public sealed class GrafanaHomeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("grafana-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("grafana-13.2.0/bin/grafana", "grafana-13.2.0")]
    [InlineData("usr/sbin/grafana", "usr/share/grafana")]
    [InlineData("Cellar/grafana/13.2.0/bin/grafana", "Cellar/grafana/13.2.0/share/grafana")]
    public void The_home_is_found_beside_the_program(string program, string home)
    {
        Create(program);
        Create($"{home}/conf/defaults.ini");
        Assert.Equal(Path.GetFullPath(Path.Combine(_root, home)), GrafanaHome.Find(Path.Combine(_root, program)));
    }

    [Fact]
    public void The_home_of_a_link_is_that_of_the_program()
    {
        Create("Cellar/grafana/13.2.0/bin/grafana");
        Create("Cellar/grafana/13.2.0/share/grafana/conf/defaults.ini");
        Directory.CreateDirectory(Path.Combine(_root, "bin"));
        File.CreateSymbolicLink(Path.Combine(_root, "bin", "grafana"), Path.Combine(_root, "Cellar/grafana/13.2.0/bin/grafana"));
        Assert.Equal(
            Path.Combine(_root, "Cellar", "grafana", "13.2.0", "share", "grafana"),
            GrafanaHome.Find(Path.Combine(_root, "bin", "grafana")));
    }

    [Fact]
    public void A_program_without_a_home_has_none()
    {
        Create("bin/grafana");
        Assert.Null(GrafanaHome.Find(Path.Combine(_root, "bin", "grafana")));
        Assert.Null(GrafanaHome.Find(Path.Combine(_root, "no", "grafana")));
    }

    private void Create(string file)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
