#pragma warning disable ASPIRECERTIFICATES001 // Experimental: what says that a project serves no TLS.

namespace Observability.AppHost.Tests.Model;

public sealed class EmbeddedModelTests(EmbeddedModel stack) : IClassFixture<EmbeddedModel>
{
    [Fact]
    public void The_model_holds_no_container()
    {
        Assert.Empty(stack.Model.GetContainerResources());
        Assert.Equal(["alloy", "forwarder", "kafka", "log-generator", "log-rate", "loki"], stack.Names);
    }

    [Fact]
    public async Task Each_part_is_a_process_with_one_role()
    {
        Assert.Equal(["kafka", "--kafka-port", "{kafka.bindings.tcp.targetPort}"], await stack.ArgumentsAsync("kafka"));
        Assert.Equal(["loki"], await stack.ArgumentsAsync("loki"));
        Assert.Equal(
            ["collector", "--otlp-port", "{alloy.bindings.otlp-http.targetPort}", "--otlp-grpc-port",
                "{alloy.bindings.otlp-grpc.targetPort}"],
            await stack.ArgumentsAsync("alloy"));
    }

    [Theory]
    [InlineData("kafka", "tcp", 9092)]
    [InlineData("loki", "http", 3100)]
    [InlineData("alloy", "http", 12345)]
    [InlineData("alloy", "otlp-http", 4318)]
    [InlineData("alloy", "otlp-grpc", 4317)]
    public void A_part_is_where_the_container_would_be(string part, string endpoint, int port) =>
        Assert.Equal(port, stack[part].Annotations.OfType<EndpointAnnotation>().Single(annotation => annotation.Name == endpoint).Port);

    [Theory]
    [InlineData("alloy", "verify", "instability")]
    [InlineData("kafka", "verify", "outage")]
    [InlineData("loki", "outage", "slow", "limit", "lose-answers")]
    [InlineData("forwarder", "replay-dead-letters", "kill")]
    [InlineData("log-generator", "burst", "error-storm", "malformed", "steady", "verify")]
    public void A_part_has_the_commands_of_the_container_and_those_that_only_an_embedded_one_can_do(
        string part, params string[] commands) => Assert.Equal(commands, stack.Commands(part));

    [Fact]
    public void Nothing_stands_between_a_client_and_the_broker_that_names_its_own_address()
    {
        var endpoint = stack["kafka"].Annotations.OfType<EndpointAnnotation>().Single(endpoint => endpoint.Name == "tcp");
        Assert.False(endpoint.IsProxied);
        Assert.Equal(endpoint.Port, endpoint.TargetPort);
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("loki")]
    [InlineData("alloy")]
    [InlineData("log-generator")]
    [InlineData("forwarder")]
    public async Task A_process_writes_for_people_and_asks_for_no_certificate(string process)
    {
        Assert.Equal("Development", (await stack.EnvironmentAsync(process))["DOTNET_ENVIRONMENT"]);
        Assert.All(stack[process].Annotations.OfType<HttpsCertificateAnnotation>(),
            certificate => Assert.False(certificate.UseDeveloperCertificate));
    }

    [Theory]
    [InlineData("log-generator")]
    [InlineData("forwarder")]
    public async Task A_service_is_wired_as_to_the_containers(string service)
    {
        var environment = await stack.EnvironmentAsync(service);
        Assert.Equal("{kafka.connectionString}", environment["ConnectionStrings__kafka"]);
        Assert.Equal("{loki.connectionString}", environment["ConnectionStrings__loki"]);
        Assert.Subset(stack.Waits(service).ToHashSet(), new HashSet<string> { "kafka", "loki" });
    }

    [Fact]
    public async Task LogGenerator_sends_to_Kafka_and_to_the_collector_as_it_does_with_containers()
    {
        var environment = await stack.EnvironmentAsync("log-generator");
        Assert.Equal("kafka,otlp", environment["LogGenerator__Sinks"]);
        Assert.Equal("{alloy.connectionString}", environment["ConnectionStrings__alloy"]);
        Assert.Equal(["alloy", "kafka", "loki"], stack.Waits("log-generator"));
        Assert.Equal(["kafka"], stack.Waits("alloy"));
    }
}
