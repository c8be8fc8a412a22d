using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>Compares what was written to Kafka with what a store has and what the dead-letter topic has.</summary>
/// <param name="oracle">Tells the lines of a record.</param>
internal sealed class Judge(Oracle oracle)
{
    private const int MostFaults = 20;

    // What is too far behind is a verdict on a moment: a line may have been stored by an earlier push whose answer was lost.
    private const string OfAMoment = "out_of_order";

    private readonly Dictionary<RecordOrigin, ConsumeResult<byte[], byte[]>> _records = [];
    private readonly Dictionary<RecordOrigin, HashSet<int>> _linesOf = [];
    private readonly HashSet<RecordOrigin> _withoutLines = [];
    private readonly List<ExpectedLine> _lines = [];
    private readonly Dictionary<(RecordOrigin Origin, int Index), string> _dead = [];
    private readonly HashSet<RecordOrigin> _deadRecords = [];
    private readonly List<string> _faults = [];
    private int _countedFaults;

    /// <summary>What is wrong, each in a line; empty when the promise was kept.</summary>
    public IReadOnlyList<string> Faults => _countedFaults > _faults.Count ? [.. _faults, $"… {_countedFaults} in all"] : _faults;

    /// <summary>Lines that the records hold.</summary>
    public int Lines => _lines.Count;

    /// <summary>Lines that became dead letters.</summary>
    public int DeadLines => _dead.Count;

    /// <summary>Records that became dead letters as a whole.</summary>
    public int DeadRecords => _deadRecords.Count;

    /// <summary>Adds a record of the topics that the Forwarder reads.</summary>
    public void AddRecord(ConsumeResult<byte[], byte[]> record)
    {
        var origin = Oracle.OriginOf(record);
        if (!_records.TryAdd(origin, record))
            Fault($"two records have the origin {origin}");
        if (oracle.Read(record) is not { } lines)
        {
            _withoutLines.Add(origin);
            return;
        }

        _linesOf[origin] = [.. lines.Select(line => line.Index)];
        _lines.AddRange(lines);
    }

    /// <summary>Adds a dead letter.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="mayRepeat">Whether a letter may come twice, as after a SIGKILL.</param>
    public void AddLetter(ConsumeResult<byte[], byte[]> letter, bool mayRepeat)
    {
        var origin = new RecordOrigin(
            Text(letter, DeadLetterHeaders.Topic) ?? "",
            int.Parse(Text(letter, DeadLetterHeaders.Partition) ?? "-1", CultureInfo.InvariantCulture),
            long.Parse(Text(letter, DeadLetterHeaders.Offset) ?? "-1", CultureInfo.InvariantCulture));
        var reason = Text(letter, DeadLetterHeaders.Reason) ?? "";
        if (!_records.TryGetValue(origin, out var record))
        {
            Fault($"a dead letter of no record: {origin}, {reason}");
            return;
        }

        if (Text(letter, DeadLetterHeaders.Form) is null)
            CheckContent(origin, record, letter);
        if (Text(letter, DeadLetterHeaders.Lines) is not { } text)
        {
            if (!_withoutLines.Contains(origin))
                Fault($"a dead letter of a whole record that holds lines: {origin}, {reason}");
            if (!_deadRecords.Add(origin) && !mayRepeat)
                Fault($"two dead letters of one record: {origin}, {reason}");
            return;
        }

        var lines = LineSet.Parse(text);
        if (lines is null || !_linesOf.TryGetValue(origin, out var known))
        {
            Fault($"a dead letter of lines '{text}' of a record that has none: {origin}, {reason}");
            return;
        }

        var named = known.Where(lines.Contains).ToList();
        if (named.Count == 0)
            Fault($"a dead letter of lines '{text}' that its record does not have: {origin}, {reason}");
        foreach (var line in named)
        {
            if (!_dead.TryAdd((origin, line), reason) && !mayRepeat)
                Fault($"two dead letters of one line: {origin}, line {line}, {reason}");
        }
    }

    /// <summary>Judges, when everything was added.</summary>
    /// <param name="stored">How often the store has each line.</param>
    public void Compare(Dictionary<LineKey, int> stored)
    {
        foreach (var record in _withoutLines.Where(record => !_deadRecords.Contains(record)))
            Fault($"missing: the record {record}, which holds no line, has no dead letter");

        foreach (var group in _lines.GroupBy(line => line.Key))
        {
            // Equal entries are one to a store. One of them is alive when any of its lines is no dead letter.
            var (alive, doubtful) = (0, 0);
            foreach (var entry in group.GroupBy(line => line.Entry))
            {
                if (entry.Any(line => !_dead.ContainsKey((line.Origin, line.Index))))
                    alive++;
                else if (entry.Any(line => _dead[(line.Origin, line.Index)] == OfAMoment))
                    doubtful++;
            }

            var count = stored.GetValueOrDefault(group.Key);
            stored.Remove(group.Key);
            if (count < alive)
                Fault($"missing: {Describe(group)}; stored {count} of {alive}, dead letters not counted");
            else if (count > alive + doubtful)
                Fault($"stored twice, or a dead letter as well: {Describe(group)}; stored {count} where {alive} are not dead");
        }

        if (stored.Count > 0)
            Fault($"{stored.Count} lines are stored that no record holds, {stored.Keys.First()}");
    }

    private void CheckContent(RecordOrigin origin, ConsumeResult<byte[], byte[]> record, ConsumeResult<byte[], byte[]> letter)
    {
        if (!Same(record.Message.Key, letter.Message.Key) || !Same(record.Message.Value, letter.Message.Value))
            Fault($"the dead letter of {origin} has another key or value");
        if (!Own(record).SequenceEqual(Own(letter)))
            Fault($"the dead letter of {origin} has other headers: {string.Join(' ', Own(record))} became {string.Join(' ', Own(letter))}");
    }

    private string Describe(IEnumerable<ExpectedLine> lines) => string.Join("; ", lines.Take(3).Select(line =>
    {
        var record = _records[line.Origin];
        var value = record.Message.Value;
        return $"{record.TopicPartitionOffset} line {line.Index} at {line.Key.Timestamp}"
            + (_dead.TryGetValue((line.Origin, line.Index), out var reason) ? $" (dead letter: {reason})" : "")
            + $" {Convert.ToBase64String(value.AsSpan(0, Math.Min(value.Length, 300)))}";
    }));

    private void Fault(string text)
    {
        if (++_countedFaults <= MostFaults)
            _faults.Add(text);
    }

    private static IEnumerable<string> Own(ConsumeResult<byte[], byte[]> record) => (record.Message.Headers ?? [])
        .Where(header => !header.Key.StartsWith(DeadLetterHeaders.Prefix, StringComparison.Ordinal)
            && !header.Key.StartsWith(DeadLetterHeaders.ReplayPrefix, StringComparison.Ordinal))
        .Select(header => $"{header.Key}={(header.GetValueBytes() is { } value ? Convert.ToBase64String(value) : "null")}");

    private static bool Same(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

    private static string? Text(ConsumeResult<byte[], byte[]> letter, string name) =>
        letter.Message.Headers.TryGetLastBytes(name, out var value) ? Encoding.UTF8.GetString(value) : null;
}
