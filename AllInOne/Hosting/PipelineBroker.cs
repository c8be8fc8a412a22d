using System.Net.Sockets;
using Observability.AllInOne.Settings;
using Observability.Embedded.EmbeddedKafka;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Kafka;

namespace Observability.AllInOne.Hosting;

/// <summary>The embedded broker with the pipeline's topics.</summary>
internal static class PipelineBroker
{
    /// <exception cref="PortInUseException">The port is taken.</exception>
    public static EmbeddedKafkaBroker Start(AllInOneSettings settings)
    {
        var options = new EmbeddedKafkaOptions { Port = settings.KafkaPort };
        foreach (var topic in PipelineTopics.Lines)
            options.Topics[topic] = settings.Partitions;
        options.Topics[Topics.DeadLetters] = PipelineTopics.DeadLetterPartitions;
        try
        {
            return EmbeddedKafkaBroker.Start(options);
        }
        catch (SocketException fault)
        {
            throw new PortInUseException($"127.0.0.1:{settings.KafkaPort}", fault.Message,
                "--kafka-port, or 0 for any that is free", fault);
        }
    }
}
