using Observability.ServiceDefaults.Settings;

namespace Observability.AppHost.Configuration;

/// <summary>Where the backing services listen on this machine's loopback.</summary>
internal sealed class PortSettings
{
    private const int Least = 1;
    private const int Most = 65535;

    /// <summary>The broker's.</summary>
    [Setting("port of Kafka", Least = Least, Most = Most)]
    public int Kafka { get; set; } = 9092;

    /// <summary>That of Loki's API.</summary>
    [Setting("port of Loki", Least = Least, Most = Most)]
    public int Loki { get; set; } = 3100;

    /// <summary>That of Alloy's own page.</summary>
    [Setting("port of Alloy's page", Least = Least, Most = Most)]
    public int Alloy { get; set; } = 12345;

    /// <summary>That of the collector's OTLP receiver over gRPC.</summary>
    [Setting("port for OTLP over gRPC", Least = Least, Most = Most)]
    public int OtlpGrpc { get; set; } = 4317;

    /// <summary>That of the collector's OTLP receiver over HTTP.</summary>
    [Setting("port for OTLP over HTTP", Least = Least, Most = Most)]
    public int OtlpHttp { get; set; } = 4318;

    /// <summary>Prometheus' own.</summary>
    [Setting("port of Prometheus", Least = Least, Most = Most)]
    public int Prometheus { get; set; } = 9090;

    /// <summary>Grafana's own.</summary>
    [Setting("port of Grafana", Least = Least, Most = Most)]
    public int Grafana { get; set; } = 3000;

    /// <summary>Refuses a port that two of them have.</summary>
    public void Check(SettingFaults faults)
    {
        (string Name, int Port)[] ports =
        [
            (nameof(Kafka), Kafka), (nameof(Loki), Loki), (nameof(Alloy), Alloy), (nameof(OtlpGrpc), OtlpGrpc),
            (nameof(OtlpHttp), OtlpHttp), (nameof(Prometheus), Prometheus), (nameof(Grafana), Grafana),
        ];
        foreach (var same in ports.GroupBy(port => port.Port).Where(same => same.Count() > 1))
        {
            var names = same.Select(port => faults.NameOf($"{nameof(StackSettings.Ports)}:{port.Name}"));
            faults.Say($"{string.Join(" and ", names)} are both {same.Key}: each needs a port of its own");
        }
    }
}
