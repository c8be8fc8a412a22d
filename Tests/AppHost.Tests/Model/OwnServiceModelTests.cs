#pragma warning disable ASPIRECERTIFICATES001 // Experimental: what says that a project serves no TLS.

namespace Observability.AppHost.Tests.Model;

public sealed class OwnServiceModelTests(OwnServiceModel stack) : IClassFixture<OwnServiceModel>
{
    [Theory]
    [InlineData("shop")]
    [InlineData("worker")]
    public async Task Its_logs_go_to_the_collector_and_the_rest_of_its_telemetry_to_the_dashboard(string service)
    {
        var environment = await stack.EnvironmentAsync(service);
        Assert.Equal("{alloy.bindings.otlp-http.url}", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("http/protobuf", environment["OTEL_EXPORTER_OTLP_PROTOCOL"]);

        var dashboard = await stack.EnvironmentAsync("forwarder");
        foreach (var signal in (string[])["TRACES", "METRICS"])
        {
            Assert.Equal(dashboard["OTEL_EXPORTER_OTLP_ENDPOINT"], environment[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]);
            Assert.Equal(dashboard["OTEL_EXPORTER_OTLP_PROTOCOL"], environment[$"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"]);
        }
    }

    [Fact]
    public async Task It_may_write_to_Kafka() =>
        Assert.Equal("{kafka.connectionString}", (await stack.EnvironmentAsync("worker"))["ConnectionStrings__kafka"]);

    [Fact]
    public void It_waits_for_what_takes_its_logs() => Assert.Equal(["alloy"], stack.Waits("shop"));

    [Fact]
    public void It_starts_as_its_launch_profile_says() =>
        Assert.Equal(5080, Assert.Single(stack["shop"].Annotations.OfType<EndpointAnnotation>()).Port);

    [Fact]
    public void One_without_TLS_asks_for_no_certificate() => Assert.All(
        stack["shop"].Annotations.OfType<HttpsCertificateAnnotation>(), certificate => Assert.False(certificate.UseDeveloperCertificate));

    [Fact]
    public void Its_metrics_are_scraped_where_it_listens() => Assert.Equal(
        ["alloy", "forwarder", "kafka", "log-generator", "loki", "prometheus", "shop"],
        stack["prometheus"].Annotations.OfType<PrometheusScrapeTargetAnnotation>().Select(target => target.Job)
            .Order(StringComparer.Ordinal));
}
