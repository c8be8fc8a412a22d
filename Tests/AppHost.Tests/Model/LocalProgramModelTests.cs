namespace Observability.AppHost.Tests.Model;

public sealed class LocalProgramModelTests(LocalProgramModel stack) : IClassFixture<LocalProgramModel>
{
    public static TheoryData<string, string, string> EnvironmentVariables => new()
    {
        { "loki", "LOKI_LISTEN_ADDRESS", "127.0.0.1" },
        { "loki", "LOKI_HTTP_PORT", "{loki.bindings.http.targetPort}" },
        { "loki", "LOKI_GRPC_PORT", "{loki.bindings.grpc.targetPort}" },
        { "alloy", "KAFKA_BROKERS", "{kafka.bindings.tcp.host}:{kafka.bindings.tcp.port}" },
        { "alloy", "OTLP_HTTP_ADDRESS", "127.0.0.1:{alloy.bindings.otlp-http.targetPort}" },
        { "alloy", "OTLP_GRPC_ADDRESS", "127.0.0.1:{alloy.bindings.otlp-grpc.targetPort}" },
        { "grafana", "GF_SERVER_HTTP_ADDR", "127.0.0.1" },
        { "grafana", "GF_SERVER_HTTP_PORT", "{grafana.bindings.http.targetPort}" },
        { "grafana", "GF_SECURITY_ADMIN_PASSWORD", "{grafana-password.value}" },
        { "grafana", "GF_AUTH_ANONYMOUS_ENABLED", "true" },
        { "grafana", "LOKI_URL", "{loki.bindings.http.url}" },
        { "grafana", "PROMETHEUS_URL", "{prometheus.bindings.http.url}" },
        { "log-generator", "ConnectionStrings__loki", "{loki.connectionString}" },
        { "log-generator", "ConnectionStrings__alloy", "{alloy.connectionString}" },
    };

    [Fact]
    public void The_names_are_those_of_the_containers() => Assert.Equal(
        ["alloy", "forwarder", "grafana", "grafana-password", "kafka", "log-generator", "log-rate", "loki", "prometheus"], stack.Names);

    [Theory]
    [InlineData("loki", "http", 3100)]
    [InlineData("alloy", "http", 12345)]
    [InlineData("alloy", "otlp-grpc", 4317)]
    [InlineData("prometheus", "http", 9090)]
    [InlineData("grafana", "http", 3000)]
    public void A_program_is_where_the_container_would_be(string resource, string endpoint, int port) =>
        Assert.Equal(port, stack[resource].Annotations.OfType<EndpointAnnotation>().Single(annotation => annotation.Name == endpoint).Port);

    [Theory]
    [MemberData(nameof(EnvironmentVariables))]
    public async Task A_program_listens_on_loopback_where_Aspire_says(string resource, string variable, string expression) =>
        Assert.Equal(expression, (await stack.EnvironmentAsync(resource)).GetValueOrDefault(variable));

    [Fact]
    public async Task Prometheus_reads_the_files_of_the_containers()
    {
        var arguments = await stack.ArgumentsAsync("prometheus");
        Assert.EndsWith("/config/prometheus.yml", arguments[0]!.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Equal("--web.listen-address=127.0.0.1:{prometheus.bindings.http.targetPort}", arguments[1]);
        Assert.StartsWith("--storage.tsdb.path=", arguments[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loki_reads_the_file_of_the_container()
    {
        var arguments = await stack.ArgumentsAsync("loki");
        Assert.True(File.Exists(arguments[0]!["-config.file=".Length..]), arguments[0]);
        Assert.Equal("-config.expand-env=true", arguments[1]);
    }

    [Fact]
    public async Task Grafana_finds_its_provisioning_and_its_dashboards()
    {
        var environment = await stack.EnvironmentAsync("grafana");
        Assert.True(File.Exists(Path.Combine(environment["GF_PATHS_PROVISIONING"]!, "datasources", "datasources.yaml")));
        Assert.True(File.Exists(Path.Combine(environment["DASHBOARDS_PATH"]!, "pipeline.json")));
        Assert.Equal(["server"], await stack.ArgumentsAsync("grafana"));
    }

    [Theory]
    [InlineData("alloy", "kafka")]
    [InlineData("grafana", "loki", "prometheus")]
    [InlineData("forwarder", "kafka", "loki")]
    public void A_resource_starts_after_what_it_needs(string resource, params string[] dependencies) =>
        Assert.Equal(dependencies, stack.Waits(resource));

    [Theory]
    [InlineData("loki")]
    [InlineData("alloy")]
    [InlineData("prometheus")]
    [InlineData("grafana")]
    public void A_program_says_when_it_is_healthy(string resource) =>
        Assert.NotEmpty(stack[resource].Annotations.OfType<HealthCheckAnnotation>());
}
