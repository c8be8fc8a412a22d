using Observability.AppHost.Kafka;

namespace Observability.AppHost.Tests.Model;

public sealed class ContainerModelTests(ContainerModel stack) : IClassFixture<ContainerModel>
{
    public static TheoryData<string, string> Images => new()
    {
        { "loki", "docker.io/grafana/loki:3.7.6" },
        { "alloy", "docker.io/grafana/alloy:v1.18.1" },
        { "prometheus", "docker.io/prom/prometheus:v3.14.0" },
        { "grafana", "docker.io/grafana/grafana:13.2.0" },
        { "kafka", "docker.io/confluentinc/confluent-local:8.2.0" },
    };

    public static TheoryData<string, string, int, int?> Endpoints => new()
    {
        { "loki", "http", 3100, 3100 },
        { "alloy", "http", 12345, 12345 },
        { "alloy", "otlp-http", 4318, 4318 },
        { "alloy", "otlp-grpc", 4317, 4317 },
        { "prometheus", "http", 9090, 9090 },
        { "grafana", "http", 3000, 3000 },
        { "kafka", "tcp", 9092, 9092 },
    };

    public static TheoryData<string, string[]> WaitGraph => new()
    {
        { "kafka", [] },
        { "loki", [] },
        { "alloy", ["kafka"] },
        { "log-generator", ["alloy", "kafka", "loki"] },
        { "forwarder", ["kafka", "loki"] },
        { "forwarder-2", ["kafka", "loki"] },
        { "prometheus", [] },
        { "grafana", ["loki", "prometheus"] },
    };

    public static TheoryData<string, string, string> EnvironmentVariables => new()
    {
        { "log-generator", "ConnectionStrings__kafka", "{kafka.connectionString}" },
        { "log-generator", "ConnectionStrings__loki", "{loki.connectionString}" },
        { "log-generator", "ConnectionStrings__alloy", "{alloy.connectionString}" },
        { "log-generator", "LogGenerator__Rate", "{log-rate.value}" },
        { "log-generator", "LogGenerator__Sinks", "kafka,otlp" },
        { "log-generator", "LogGenerator__Verify__Enabled", "true" },
        { "forwarder", "ConnectionStrings__kafka", "{kafka.connectionString}" },
        { "forwarder", "ConnectionStrings__loki", "{loki.connectionString}" },
        { "forwarder", "Forwarder__DrainTimeout", "00:00:02" },
        { "forwarder", "Forwarder__Loki__StreamRate", "64MiB" },
        { "forwarder", "Forwarder__Loki__StreamBurst", "128MiB" },
        { "alloy", "KAFKA_BROKERS", "{kafka.bindings.internal.host}:{kafka.bindings.internal.port}" },
        { "grafana", "LOKI_URL", "{loki.bindings.http.url}" },
        { "grafana", "PROMETHEUS_URL", "{prometheus.bindings.http.url}" },
        { "grafana", "GF_AUTH_ANONYMOUS_ENABLED", "true" },
        { "grafana", "GF_SECURITY_ADMIN_PASSWORD", "{grafana-password.value}" },
        { "prometheus", "SCRAPE_FORWARDER_2", "{forwarder-2.bindings.http.url}" },
    };

    public static TheoryData<string, string[]> OwnCommands => new()
    {
        { "log-generator", ["burst", "error-storm", "malformed", "steady", "verify"] },
        { "forwarder", ["replay-dead-letters", "kill"] },
        { "alloy", ["verify"] },
        { "kafka", ["verify", "outage"] },
        { "loki", ["outage"] },
    };

    [Fact]
    public void The_model_holds_the_whole_stack() => Assert.Equal(
        [
            "alloy", "forwarder", "forwarder-2", "forwarder-3", "grafana", "grafana-password", "kafka", "kafka-partitions",
            "kafka-retention-hours", "kafka-ui", "log-generator", "log-rate", "loki", "prometheus",
        ],
        stack.Names);

    [Theory]
    [MemberData(nameof(Images))]
    public void An_image_is_pinned(string resource, string image)
    {
        Assert.True(stack[resource].TryGetContainerImageName(out var name));
        Assert.Equal(image, name);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void An_endpoint_has_its_usual_port(string resource, string endpoint, int targetPort, int? port)
    {
        var annotation = stack[resource].Annotations.OfType<EndpointAnnotation>().Single(annotation => annotation.Name == endpoint);
        Assert.Equal(targetPort, annotation.TargetPort);
        Assert.Equal(port, annotation.Port);
        Assert.False(annotation.IsExternal);
    }

    [Theory]
    [MemberData(nameof(WaitGraph))]
    public void A_resource_starts_after_what_it_needs(string resource,
        string[] dependencies) => Assert.Equal(dependencies, stack.Waits(resource));

    [Theory]
    [MemberData(nameof(EnvironmentVariables))]
    public async Task A_resource_is_wired_by_references(string resource, string variable, string expression)
    {
        var environment = await stack.EnvironmentAsync(resource);
        Assert.Equal(expression, environment.GetValueOrDefault(variable));
    }

    [Theory]
    [MemberData(nameof(OwnCommands))]
    public void A_resource_has_its_commands_in_the_dashboard(string resource,
        string[] commands) => Assert.Equal(commands, stack.Commands(resource));

    // A mount keeps the host's owner, mode and label: a container's user could not read it after a clone under umask 077, or under SELinux.
    [Fact]
    public void No_file_of_the_host_is_mounted() => Assert.DoesNotContain(
        stack.Model.Resources.SelectMany(resource => resource.Annotations.OfType<ContainerMountAnnotation>()),
        mount => mount.Type is ContainerMountType.BindMount);

    [Theory]
    [InlineData("loki", "/etc/loki/local-config.yaml")]
    [InlineData("alloy", "/etc/alloy/config/config.alloy", "/etc/alloy/config/kafka.alloy")]
    [InlineData("prometheus", "/etc/prometheus/config/prometheus.yml", "/etc/prometheus/config/rules/pipeline.yaml")]
    [InlineData("grafana", "/etc/grafana/provisioning/datasources/datasources.yaml",
        "/etc/grafana/provisioning/dashboards/dashboards.yaml", "/etc/grafana/dashboards/pipeline.json")]
    public async Task A_container_gets_its_configuration_as_a_copy_that_its_user_can_read(string resource, params string[] paths)
    {
        var files = await stack.CopiedFilesAsync(resource);
        Assert.Subset(files.Keys.ToHashSet(), paths.ToHashSet());

        // No mode of its own: Aspire's 0644 for files and 0755 for directories.
        Assert.All(files.Values, file => Assert.True(File.Exists(file.SourcePath) && file.Mode == 0, file.Name));
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("loki")]
    [InlineData("prometheus")]
    [InlineData("grafana")]
    [InlineData("alloy")]
    public void Data_outlives_its_container(string resource) => Assert.Contains(
        stack[resource].Annotations.OfType<ContainerMountAnnotation>(),
        mount => mount is { Type: ContainerMountType.Volume, Source.Length: > 0 });

    [Theory]
    [InlineData("kafka")]
    [InlineData("loki")]
    [InlineData("alloy")]
    [InlineData("prometheus")]
    [InlineData("grafana")]
    [InlineData("log-generator")]
    [InlineData("forwarder")]
    public void A_resource_says_when_it_is_healthy(string resource) =>
        Assert.NotEmpty(stack[resource].Annotations.OfType<HealthCheckAnnotation>());

    [Fact]
    public void Kafka_is_ready_when_its_topics_are_there() => Assert.Equal(
        ["alloy-logs", "test-logs", "dead-letters"],
        stack["kafka"].Annotations.OfType<KafkaTopicsAnnotation>().Single().Topics);

    [Fact]
    public void Prometheus_scrapes_every_instance_on_its_own() => Assert.Equal(
        [
            "alloy alloy:http", "forwarder forwarder-2:http", "forwarder forwarder-3:http", "forwarder forwarder:http",
            "grafana grafana:http",
            "log-generator log-generator:http", "loki loki:http", "prometheus prometheus:http",
        ],
        stack["prometheus"].Annotations.OfType<PrometheusScrapeTargetAnnotation>()
            .Select(target => $"{target.Job} {target.Endpoint.Resource.Name}:{target.Endpoint.EndpointName}")
            .Order(StringComparer.Ordinal));

    [Fact]
    public async Task Prometheus_reads_every_file_of_targets()
    {
        var configuration = (await stack.CopiedFilesAsync("prometheus"))["/etc/prometheus/config/prometheus.yml"].SourcePath!;
        Assert.Contains(
            "- files: [../targets/*.json]", await File.ReadAllTextAsync(configuration, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_parameter_stops_a_run_to_ask()
    {
        foreach (var parameter in stack.Model.Resources.OfType<ParameterResource>())
            Assert.NotEmpty(await parameter.GetValueAsync(TestContext.Current.CancellationToken) ?? "");

        Assert.Equal("250", await ((ParameterResource)stack["log-rate"]).GetValueAsync(TestContext.Current.CancellationToken));
    }
}
