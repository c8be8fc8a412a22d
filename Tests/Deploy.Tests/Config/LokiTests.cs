namespace Observability.Deploy.Tests.Config;

public sealed class LokiTests
{
    [Fact]
    public Task Loki_accepts_its_configuration() =>
        Tool.AcceptsAsync("loki", "put Loki's own binary into PATH", $"-config.file={ConfigFiles.Loki}", "-config.expand-env=true",
            "-verify-config");

    [Fact]
    public void The_schema_is_the_one_that_structured_metadata_needs()
    {
        var schema = Assert.Single(YamlFile.Read(ConfigFiles.Loki).Map("schema_config").Maps("configs"));
        Assert.Equal(("tsdb", "v13"), (schema.Text("store"), schema.Text("schema")));
        Assert.Equal("24h", schema.Map("index").Text("period"));
    }

    [Fact]
    public void The_limits_hold_no_variable_since_the_clusters_chart_expands_none() =>
        Assert.DoesNotContain(YamlFile.Read(ConfigFiles.Loki).Map("limits_config").Children,
            setting => setting.Value.ToString().Contains('$', StringComparison.Ordinal));

    [Fact]
    public void Old_lines_are_deleted()
    {
        var loki = YamlFile.Read(ConfigFiles.Loki);
        Assert.Equal("true", loki.Map("compactor").Text("retention_enabled"));
        Assert.NotNull(loki.Map("limits_config").Text("retention_period"));
    }
}
