namespace Observability.Embedded.Tests.EmbeddedKafka;

/// <summary>How a consumer group agrees on who reads what.</summary>
public enum GroupKind
{
    /// <summary>Classic protocol, eager rebalancing.</summary>
    Range,

    /// <summary>Classic protocol, incremental rebalancing.</summary>
    CooperativeSticky,

    /// <summary>The KIP-848 protocol: <c>group.protocol=consumer</c>.</summary>
    Consumer,
}
