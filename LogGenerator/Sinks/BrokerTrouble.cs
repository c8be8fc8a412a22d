using Confluent.Kafka;

namespace Observability.LogGenerator.Sinks;

/// <summary>What the producer last said of its brokers: why a line does not arrive. Safe for any thread.</summary>
internal sealed class BrokerTrouble
{
    private volatile string? _text;

    /// <summary>The producer's words; null when all is well.</summary>
    public string? Text => _text;

    public void Report(Error error) => _text = error.Reason;

    public void Clear()
    {
        if (_text is not null)
            _text = null;
    }
}
