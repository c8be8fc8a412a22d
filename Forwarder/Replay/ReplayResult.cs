namespace Observability.Forwarder.Replay;

/// <summary>What a replay has done.</summary>
internal sealed class ReplayResult
{
    private readonly Dictionary<(string Topic, string Reason), long> _replayed = [];

    /// <summary>Dead letters that were sent back, by topic and reason.</summary>
    public IReadOnlyDictionary<(string Topic, string Reason), long> Replayed => _replayed;

    /// <summary>Records that were not sent back: those that the Forwarder did not write, and letters that hold no record.</summary>
    public long SteppedOver { get; set; }

    /// <summary>Counts a dead letter.</summary>
    public void Add(string topic, string reason) => _replayed[(topic, reason)] = _replayed.GetValueOrDefault((topic, reason)) + 1;
}
