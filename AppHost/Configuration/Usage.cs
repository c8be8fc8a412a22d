namespace Observability.AppHost.Configuration;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Usage
{
    public const string Text = """
        The observability stack on one machine, with the Aspire dashboard; or published as a Helm chart.

          dotnet run --project AppHost
          dotnet run --project AppHost -- --operation publish --step publish --output-path DIR

        Settings, as arguments --NAME=VALUE or environment variables (NAME with __ for :)

          Stack:Containers                    auto | true | false: containers, or the embedded broker and log store [auto]
          Stack:ForwarderReplicas             1 to 32 [1]
          Stack:ForwarderMaximumReplicas      when publishing: the most that the autoscaler makes [4]
          Stack:ForwarderLagPerReplica        when publishing: records that may wait for each; 0: it goes by CPU alone [0]
          Parameters:log-rate                 lines a second [100]
          Parameters:kafka-partitions         partitions of each topic [4]
          Parameters:kafka-retention-hours    hours that Kafka keeps a record [24]
          Parameters:grafana-password         of the user admin [generated, kept in the user secrets]
          Parameters:kafka-bootstrap-servers  when publishing [kafka-kafka-bootstrap.kafka:9092]
          Parameters:loki-url                 when publishing [http://loki-gateway.monitoring.svc.cluster.local]
          DcpPublisher:RandomizePorts         true: free ports instead of the usual ones

        Exit codes: 0 ended or published, 1 nothing was published, 2 a setting is wrong.
        """;
}
