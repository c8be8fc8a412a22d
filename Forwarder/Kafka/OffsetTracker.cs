namespace Observability.Forwarder.Kafka;

/// <summary>
/// Knows up to which offset of one partition everything is done: the contiguous acknowledged prefix, the only thing
/// that is ever committed. Records are numbered in the order in which they were read, so gaps in the offsets
/// (compaction, transaction markers) do not matter. Not thread-safe: it belongs to the consuming thread.
/// </summary>
internal sealed class OffsetTracker
{
    private long[] _offsets = new long[1024];
    private int[] _outstanding = new int[1024];
    private long _head;
    private long _tail;

    /// <summary>The offset to commit, i.e. one past the last record of the prefix; -1 as long as there is none.</summary>
    public long NextOffset { get; private set; } = -1;

    /// <summary>Records that were read and are not yet part of the prefix.</summary>
    public long Pending => _tail - _head;

    /// <summary>Starts a record, with one outstanding part: the reading of it. End that with <see cref="Complete"/>.</summary>
    /// <param name="offset">The record's offset, larger than that of the record before.</param>
    /// <returns>The record's number, for <see cref="AddPart"/> and <see cref="Complete"/>.</returns>
    public long Begin(long offset)
    {
        if (_tail - _head == _offsets.Length)
            Grow();

        var slot = _tail & (_offsets.Length - 1);
        _offsets[slot] = offset;
        _outstanding[slot] = 1;
        return _tail++;
    }

    /// <summary>Adds an outstanding part to a record: one that some batch now carries.</summary>
    public void AddPart(long number) => _outstanding[number & (_outstanding.Length - 1)]++;

    /// <summary>Ends one part of a record, and moves the prefix when that made its first record whole.</summary>
    public void Complete(long number)
    {
        var mask = _outstanding.Length - 1;
        _outstanding[number & mask]--;
        while (_head < _tail && _outstanding[_head & mask] == 0)
            NextOffset = _offsets[_head++ & mask] + 1;
    }

    private void Grow()
    {
        var size = _offsets.Length;
        var offsets = new long[size * 2];
        var outstanding = new int[size * 2];
        for (var number = _head; number < _tail; number++)
        {
            offsets[number & ((size * 2) - 1)] = _offsets[number & (size - 1)];
            outstanding[number & ((size * 2) - 1)] = _outstanding[number & (size - 1)];
        }

        _offsets = offsets;
        _outstanding = outstanding;
    }
}
