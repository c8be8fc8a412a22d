using Confluent.Kafka;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Telemetry;

namespace Observability.LogGenerator.Sinks;

/// <summary>Makes sinks. Each caller gets its own, since a sink serves one caller at a time; Kafka's share one producer.</summary>
internal sealed class SinkFactory(IServiceProvider services, LogGeneratorSettings settings, GeneratorMetrics metrics, TimeProvider time)
{
    public ILogSink Create(SinkKind kind) => kind switch
    {
        SinkKind.Stdout => new StdoutSink(services.GetRequiredService<StandardOutput>().Stream),
        SinkKind.Kafka => new KafkaSink(
            services.GetRequiredService<IProducer<Null, byte[]>>(),
            settings.Topic,
            services.GetRequiredService<BrokerTrouble>(),
            metrics,
            time,
            services.GetRequiredService<ILogger<KafkaSink>>()),
        _ => ActivatorUtilities.CreateInstance<OtlpSink>(services),
    };
}
