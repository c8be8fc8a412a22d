using System.Numerics;

namespace Observability.LogGenerator.Verification;

/// <summary>
/// Knows which of the lines sent were seen. It is told of lines again and again, as ranges are re-read, and in any
/// order; one bit a line is all it keeps. Used by the reading side alone, but for <see cref="Seen"/>.
/// </summary>
/// <param name="capacity">The number of the last line that there can be.</param>
internal sealed class Comparator(int capacity)
{
    private const int BitsPerWord = 64;

    private readonly ulong[] _seen = new ulong[(capacity / BitsPerWord) + 1];
    private int _count;

    // Everything before it was seen.
    private int _firstUnseen = 1;

    /// <summary>How many different lines were seen. May be read from any thread.</summary>
    public int Seen => Volatile.Read(ref _count);

    /// <summary>Marks a line as seen.</summary>
    /// <returns>Whether it is seen for the first time. A number that was never sent is nobody's.</returns>
    public bool Mark(long sequence)
    {
        if (sequence < 1 || sequence > capacity || IsSeen((int)sequence))
            return false;
        _seen[sequence / BitsPerWord] |= 1UL << (int)(sequence % BitsPerWord);
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    public bool IsSeen(int sequence) => (_seen[sequence / BitsPerWord] & (1UL << (sequence % BitsPerWord))) != 0;

    /// <summary>The ranges that are to be read again: together they hold every unseen line up to <paramref name="last"/>.</summary>
    /// <param name="last">The number of the last line sent.</param>
    /// <param name="gap">Unseen lines that fewer than this many seen ones part are in one range.</param>
    /// <param name="most">The most ranges; the gap is widened until there are no more.</param>
    public List<SequenceRange> Unseen(int last, int gap, int most)
    {
        var ranges = new List<SequenceRange>();
        _firstUnseen = NextUnseen(_firstUnseen, last);
        for (var sequence = _firstUnseen; sequence <= last; sequence = NextUnseen(sequence + 1, last))
        {
            if (ranges.Count > 0 && sequence - ranges[^1].Last <= gap)
            {
                ranges[^1] = ranges[^1] with { Last = sequence };
                continue;
            }

            ranges.Add(new SequenceRange(sequence, sequence));
            while (ranges.Count > most)
            {
                gap *= 2;
                Merge(ranges, gap);
            }
        }

        return ranges;
    }

    private static void Merge(List<SequenceRange> ranges, int gap)
    {
        var kept = 0;
        for (var i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].First - ranges[kept].Last <= gap)
                ranges[kept] = ranges[kept] with { Last = ranges[i].Last };
            else
                ranges[++kept] = ranges[i];
        }

        ranges.RemoveRange(kept + 1, ranges.Count - kept - 1);
    }

    // A word at a time: a run's first million lines are passed over in no time.
    private int NextUnseen(int sequence, int last)
    {
        while (sequence <= last)
        {
            var word = ~_seen[sequence / BitsPerWord] >> (sequence % BitsPerWord);
            if (word != 0)
                return sequence + BitOperations.TrailingZeroCount(word);
            sequence = ((sequence / BitsPerWord) + 1) * BitsPerWord;
        }

        return last + 1;
    }
}
