using System.Globalization;
using Observability.ServiceDefaults;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Verification;

/// <summary>Counts and judges one complete read of all that the store shows of a run, in the order of the store's time.</summary>
/// <param name="sent">The lines that were sent.</param>
/// <param name="comparesTime">Whether the store's time must be the line's own also for lines that do not state it to the digit: not where a
/// collector reads them.</param>
internal sealed class FinalTally(SentLines sent, bool comparesTime = true)
{
    /// <summary>The most changed lines that are described.</summary>
    private const int MostChanges = 10;

    private const long Millisecond = 1_000_000;

    private readonly LineFlags[] _lines = new LineFlags[sent.Count + 1];
    private readonly List<LineChange> _changes = [];
    private long _time = long.MinValue;
    private long _newest;
    private long _newestBefore;

    /// <summary>Different lines shown, changed or not.</summary>
    public int Stored { get; private set; }

    /// <summary>Entries shown: each line as often as it is.</summary>
    public long Entries { get; private set; }

    /// <summary>Lines shown more than once.</summary>
    public int Duplicated { get; private set; }

    /// <summary>Lines that the store places at a later time than a line that was sent after them.</summary>
    public int OutOfOrder { get; private set; }

    /// <summary>Lines whose text, labels, metadata or time is not what was sent.</summary>
    public int Changed { get; private set; }

    /// <summary>The first changed lines.</summary>
    public IReadOnlyList<LineChange> Changes => _changes;

    /// <summary>Lines never shown.</summary>
    public int Missing => sent.Count - Stored;

    public void Add(ReadOnlySpan<StoredLine> lines)
    {
        foreach (ref readonly var line in lines)
        {
            if (line.Sequence != StoredLine.Foreign)
                Add(line);
        }
    }

    /// <summary>Whether a line was shown.</summary>
    public bool IsShown(int sequence) => _lines[sequence].HasFlag(LineFlags.Shown);

    /// <summary>The first ranges of lines never shown.</summary>
    public List<SequenceRange> FirstMissing(int most) => Ranges(flags => !flags.HasFlag(LineFlags.Shown), most);

    /// <summary>The first ranges of lines that have a flag.</summary>
    public List<SequenceRange> First(LineFlags flag, int most) => Ranges(flags => flags.HasFlag(flag), most);

    /// <summary>The number of a line that the store shows; 0 when nobody knows.</summary>
    /// <param name="sent">The lines that were sent.</param>
    /// <param name="line">The line.</param>
    public static int Identify(SentLines sent, in StoredLine line)
    {
        var stated = line.Sequence is > 0 && line.Sequence <= sent.Count ? (int)line.Sequence : 0;

        // A line that was tampered with may state another's number, but its time is its own.
        return line.IsWhole ? stated : sent.Find(line.Timestamp) is > 0 and var byTime ? byTime : stated;
    }

    private void Add(in StoredLine line)
    {
        Entries++;
        var sequence = Identify(sent, line);
        var change = line.Change ?? (sequence > 0 && (comparesTime || line.IsPrecise) ? ChangeOfTime(line, sequence) : null);
        if (sequence == 0)
        {
            Changed++;
            Describe(0, change ?? "it states a number that was never sent");
            return;
        }

        // Below the millisecond of a line that states no more there is no order to be wrong.
        var time = line.IsPrecise ? line.Timestamp : line.Timestamp / Millisecond * Millisecond;
        if (time > _time)
        {
            _time = time;
            _newestBefore = _newest;
        }

        ref var flags = ref _lines[sequence];
        if (change is not null && !flags.HasFlag(LineFlags.Changed))
        {
            flags |= LineFlags.Changed;
            Changed++;
            Describe(sequence, change);
        }

        if (!flags.HasFlag(LineFlags.Shown))
        {
            flags |= LineFlags.Shown;
            Stored++;

            // Within one timestamp there is no order to be wrong.
            if (sequence < _newestBefore)
            {
                flags |= LineFlags.OutOfOrder;
                OutOfOrder++;
            }

            _newest = Math.Max(_newest, sequence);
        }
        else if (!flags.HasFlag(LineFlags.Duplicated))
        {
            flags |= LineFlags.Duplicated;
            Duplicated++;
        }
    }

    // The Forwarder fills the digits that a time leaves open, so that equal lines of one tick stay as many as they are.
    private bool IsOwnTime(in StoredLine line, int sequence)
    {
        var own = UnixTime.ToNanoseconds(sent[sequence]);
        return line.IsPrecise
            ? line.Timestamp >= own && line.Timestamp - own < OpenPlaces(own)
            : line.Timestamp / Millisecond == own / Millisecond;
    }

    // .NET's tick leaves two digits of a nanosecond open, and a time that happens to end in more zeros as many as those, to the
    // millisecond.
    private static long OpenPlaces(long nanoseconds)
    {
        long places = TimeSpan.NanosecondsPerTick;
        while (places < Millisecond && nanoseconds % (places * 10) == 0)
            places *= 10;
        return places;
    }

    private string? ChangeOfTime(in StoredLine line, int sequence)
    {
        if (IsOwnTime(line, sequence))
            return null;
        var own = UnixTime.ToNanoseconds(sent[sequence]);
        var ticks = (line.Timestamp - own) / TimeSpan.NanosecondsPerTick;
        var shift = Math.Abs(ticks) < TimeSpan.TicksPerMillisecond
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(line.Timestamp - own)}ns")
            : Durations.Format(TimeSpan.FromTicks(Math.Abs(ticks)));
        return $"its time is {shift} {(line.Timestamp > own ? "later" : "earlier")} than it states";
    }

    private void Describe(int sequence, string what)
    {
        if (_changes.Count < MostChanges)
            _changes.Add(new LineChange(sequence, what));
    }

    private List<SequenceRange> Ranges(Func<LineFlags, bool> isWanted, int most)
    {
        var ranges = new List<SequenceRange>();
        for (var sequence = 1; sequence < _lines.Length; sequence++)
        {
            if (!isWanted(_lines[sequence]))
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
}
