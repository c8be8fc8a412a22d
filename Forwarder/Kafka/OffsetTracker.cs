using System.Buffers;

namespace Observability.Forwarder.Kafka;

/// <summary>
/// Knows up to which offset of one partition everything is done: the contiguous acknowledged prefix, the only thing
/// that is ever committed. Records are numbered in the order in which they were read, so gaps in the offsets
/// (compaction, transaction markers) do not matter. Not thread-safe: it belongs to the consuming thread.
/// </summary>
/// <remarks>
/// Offsets can go backwards: the topic was truncated or made anew and librdkafka went back to its start, or it hands out again what it
/// handed out before. Then the prefix is at once the smallest offset that is not done, and moves on when all that was read before the
/// step back is done: what was done of the topic's former content says nothing about the new.
/// </remarks>
internal sealed class OffsetTracker
{
    // Room that a partition keeps. Records come in runs of one partition, so what a run takes beyond that is another's next.
    internal const int Kept = 64;

    private readonly long[] _keptOffsets = new long[Kept];
    private readonly int[] _keptOutstanding = new int[Kept];
    private long[] _offsets;
    private int[] _outstanding;
    private int _size = Kept;
    private long _head;
    private long _tail;
    private long _lastOffset = -1;
    private long _steppedBackAt = -1;

    public OffsetTracker() => (_offsets, _outstanding) = (_keptOffsets, _keptOutstanding);

    /// <summary>Pending records for which there is room; a power of two.</summary>
    internal int Capacity => _size;

    /// <summary>The offset to commit, i.e. one past the last record of the prefix; -1 as long as there is none.</summary>
    public long NextOffset { get; private set; } = -1;

    /// <summary>Records that were read and are not yet part of the prefix.</summary>
    public long Pending => _tail - _head;

    /// <summary>The offset of the oldest record that is not done; -1 when all are.</summary>
    public long OldestPending => _head < _tail ? _offsets[_head & (_size - 1)] : -1;

    /// <summary>
    /// Whether offsets have gone backwards since this was last set to <see langword="false"/>. librdkafka commits no stored offset that is
    /// smaller than the committed one, so <see cref="NextOffset"/> must be committed expressly.
    /// </summary>
    public bool HasSteppedBack { get; set; }

    /// <summary>Starts a record, with one outstanding part: the reading of it. End that with <see cref="Complete"/>.</summary>
    /// <param name="offset">The record's offset; of several that are done as one, the last.</param>
    /// <returns>The record's number, for <see cref="AddPart"/> and <see cref="Complete"/>.</returns>
    public long Begin(long offset)
    {
        if (_tail - _head == _size)
            Grow();
        if (offset <= _lastOffset)
            StepBack(offset);
        _lastOffset = offset;

        var slot = _tail & (_size - 1);
        _offsets[slot] = offset;
        _outstanding[slot] = 1;
        return _tail++;
    }

    /// <summary>Adds an outstanding part to a record: one that some batch now carries.</summary>
    public void AddPart(long number) => _outstanding[number & (_size - 1)]++;

    /// <summary>Whether a record has no more than one outstanding part.</summary>
    public bool IsLastPart(long number) => _outstanding[number & (_size - 1)] == 1;

    /// <summary>
    /// Completes one part of a record. When the oldest pending record has no open part left, <see cref="NextOffset"/> moves past it and
    /// every completed record behind it.
    /// </summary>
    public void Complete(long number)
    {
        var mask = _size - 1;
        _outstanding[number & mask]--;
        while (_head < _tail && _outstanding[_head & mask] == 0)
        {
            var next = _offsets[_head & mask] + 1;
            if (_head++ >= _steppedBackAt)
                NextOffset = next;
        }

        if (_head == _tail && _size > Kept)
            Use(_keptOffsets, _keptOutstanding, Kept);
    }

    private void StepBack(long offset)
    {
        NextOffset = _head < _tail ? Math.Min(offset, OldestPending) : offset;
        _steppedBackAt = _tail;
        HasSteppedBack = true;
    }

    private void Grow()
    {
        var size = _size * 2;
        var offsets = ArrayPool<long>.Shared.Rent(size);
        var outstanding = ArrayPool<int>.Shared.Rent(size);
        for (var number = _head; number < _tail; number++)
        {
            offsets[number & (size - 1)] = _offsets[number & (_size - 1)];
            outstanding[number & (size - 1)] = _outstanding[number & (_size - 1)];
        }

        Use(offsets, outstanding, size);
    }

    private void Use(long[] offsets, int[] outstanding, int size)
    {
        if (_size > Kept)
        {
            ArrayPool<long>.Shared.Return(_offsets);
            ArrayPool<int>.Shared.Return(_outstanding);
        }

        (_offsets, _outstanding, _size) = (offsets, outstanding, size);
    }
}
