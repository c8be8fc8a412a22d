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

    /// <summary>Says it to a person.</summary>
    /// <param name="output">Takes a line for each topic and reason, and one for all.</param>
    /// <param name="dryRun">Whether the dead letters were counted only.</param>
    public async Task TellAsync(TextWriter output, bool dryRun)
    {
        foreach (var ((topic, reason), count) in _replayed.OrderBy(entry => entry.Key))
            await output.WriteLineAsync($"{topic}\t{reason}\t{count}");
        await output.WriteLineAsync($"{_replayed.Values.Sum()} dead letters {(dryRun ? "would be replayed" : "replayed")}");
        if (SteppedOver > 0)
            await output.WriteLineAsync(
                $"{SteppedOver} records stepped over: the Forwarder did not write them, or they say no more than where a record stood");
    }
}
