using Microsoft.Extensions.Configuration;
using Observability.AppHost.Ports;
using Observability.AppHost.Tests.Model;

namespace Observability.AppHost.Tests.Ports;

public sealed class PortCheckTests(ContainerModel stack) : IClassFixture<ContainerModel>
{
    [Fact]
    public void Every_fixed_port_is_looked_at_and_each_has_its_own_way_to_another() => Assert.Equal(
        [
            "3000 grafana --Stack:Ports:Grafana=PORT",
            "3100 loki --Stack:Ports:Loki=PORT",
            "4317 alloy --Stack:Ports:OtlpGrpc=PORT",
            "4318 alloy --Stack:Ports:OtlpHttp=PORT",
            "9090 prometheus --Stack:Ports:Prometheus=PORT",
            "9092 kafka --Stack:Ports:Kafka=PORT",
            "12345 alloy --Stack:Ports:Alloy=PORT",
            "18888 the dashboard --ASPNETCORE_URLS=http://localhost:PORT",
            "18889 the dashboard's OTLP --ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:PORT",
            "18890 the dashboard's resource service --ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://localhost:PORT",
        ],
        PortCheckExtensions.FixedPorts(stack.Model, Configuration()).OrderBy(port => port.Port)
            .Select(port => $"{port.Port} {port.User} {port.WayToAnother}"));

    [Fact]
    public void Nothing_is_looked_at_where_all_ports_are_free_ones() =>
        Assert.Empty(PortCheckExtensions.FixedPorts(stack.Model, Configuration(("DcpPublisher:RandomizePorts", "true"))));

    [Fact]
    public void A_taken_port_is_one_line_with_the_resource_and_what_to_set() => Assert.Equal(
        "Port 3100 of loki is taken: stop what listens there, or choose another with --Stack:Ports:Loki=PORT",
        new PortTakenException([new(3100, "loki", "--Stack:Ports:Loki=PORT")]).Message);

    [Fact]
    public void Several_taken_ports_are_one_line_too() => Assert.Equal(
        "Ports 3100 (loki), 9092 (kafka) are taken: stop what listens there, such as another AppHost, or choose others with "
        + "--Stack:Ports:Loki=PORT --Stack:Ports:Kafka=PORT",
        new PortTakenException([new(3100, "loki", "--Stack:Ports:Loki=PORT"), new(9092, "kafka", "--Stack:Ports:Kafka=PORT")]).Message);

    // As Properties/launchSettings.json has them.
    private static IConfiguration Configuration(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(
        [
            new("ASPNETCORE_URLS", "http://localhost:18888"),
            new("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:18889"),
            new("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:18890"),
            .. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
        ])
        .Build();
}
