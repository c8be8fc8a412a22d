namespace Observability.LogGenerator.Verification;

/// <summary>Counts one complete read of all that the store shows of a run, in the order of the store's time.</summary>
/// <param name="sent">How many lines were sent.</param>
internal sealed class FinalTally(int sent)
{
    // How often each line was shown: 0, 1, or 2 for more than once.
    private readonly byte[] _shown = new byte[sent + 1];
    private long _time = long.MinValue;
    private long _newest;
    private long _newestBefore;

    /// <summary>Different lines shown.</summary>
    public int Stored { get; private set; }

    /// <summary>Lines shown more than once.</summary>
    public int Duplicated { get; private set; }

    /// <summary>Lines that the store places at a later time than a line that was sent after them.</summary>
    public int OutOfOrder { get; private set; }

    /// <summary>Lines never shown.</summary>
    public int Missing => sent - Stored;

    public void Add(ReadOnlySpan<StoredLine> lines)
    {
        foreach (var line in lines)
            Add(line);
    }

    /// <summary>Whether a line was shown.</summary>
    public bool IsShown(int sequence) => _shown[sequence] > 0;

    /// <summary>The first ranges of lines never shown.</summary>
    public List<SequenceRange> FirstMissing(int most)
    {
        var ranges = new List<SequenceRange>();
        for (var sequence = 1; sequence <= sent; sequence++)
        {
            if (IsShown(sequence))
                continue;
            if (ranges.Count > 0 && ranges[^1].Last == sequence - 1)
                ranges[^1] = ranges[^1] with { Last = sequence };
            else if (ranges.Count == most)
                break;
            else
                ranges.Add(new SequenceRange(sequence, sequence));
        }

        return ranges;
    }

    private void Add(StoredLine line)
    {
        if (line.Sequence < 1 || line.Sequence > sent)
            return;
        if (line.Timestamp > _time)
        {
            _time = line.Timestamp;
            _newestBefore = _newest;
        }

        ref var shown = ref _shown[line.Sequence];
        if (shown == 0)
        {
            shown = 1;
            Stored++;

            // Within one timestamp there is no order to be wrong.
            if (line.Sequence < _newestBefore)
                OutOfOrder++;
            _newest = Math.Max(_newest, line.Sequence);
        }
        else if (shown == 1)
        {
            shown = 2;
            Duplicated++;
        }
    }
}
