namespace Observability.AppHost.Tests.Model;

public sealed class EmbeddedModelTests(EmbeddedModel stack) : IClassFixture<EmbeddedModel>
{
    [Fact]
    public void The_model_holds_no_container()
    {
        Assert.Empty(stack.Model.GetContainerResources());
        Assert.Equal(
            ["embedded", "forwarder", "kafka", "log-generator", "log-rate", "loki"],
            stack.Names);
    }

    [Fact]
    public async Task AllInOne_runs_its_broker_and_its_store_alone() => Assert.Equal(
        ["--no-generator", "--no-forwarder", "--port", "{embedded.bindings.http.targetPort}", "--kafka-port", "{embedded.bindings.kafka.targetPort}"],
        await stack.ArgumentsAsync("embedded"));

    [Fact]
    public void Nothing_stands_between_a_client_and_the_broker_that_names_its_own_address()
    {
        var endpoint = stack["embedded"].Annotations.OfType<EndpointAnnotation>().Single(endpoint => endpoint.Name == "kafka");
        Assert.False(endpoint.IsProxied);
        Assert.NotNull(endpoint.Port);
        Assert.Equal(endpoint.Port, endpoint.TargetPort);
    }

    [Theory]
    [InlineData("log-generator")]
    [InlineData("forwarder")]
    public async Task A_service_is_wired_as_to_the_containers(string service)
    {
        var environment = await stack.EnvironmentAsync(service);
        Assert.Equal("{kafka.connectionString}", environment["ConnectionStrings__kafka"]);
        Assert.Equal("{loki.connectionString}", environment["ConnectionStrings__loki"]);
        Assert.Contains("embedded", stack.Waits(service));
    }

    [Fact]
    public async Task LogGenerator_sends_to_Kafka_alone() =>
        Assert.Equal("kafka", (await stack.EnvironmentAsync("log-generator"))["LogGenerator__Sinks"]);
}
