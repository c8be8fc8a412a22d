namespace Observability.AppHost.Kafka;

/// <summary>The topics that a broker is made ready with.</summary>
internal sealed class KafkaTopicsAnnotation(IReadOnlyList<string> topics) : IResourceAnnotation
{
    public IReadOnlyList<string> Topics { get; } = topics;
}
