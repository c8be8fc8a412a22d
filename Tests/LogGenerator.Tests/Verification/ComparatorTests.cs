using CsCheck;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Tests.Verification;

public class ComparatorTests
{
    // What a pipeline may do to the lines of a run: each arrives never, once or several times, in any order.
    private static readonly Gen<(int Sent, int[] Arrivals)> Arrivals =
        from sent in Gen.Int[1, 400]
        from copies in Gen.Int[0, 20].Select(roll => roll switch { 0 => 0, 1 => 2, 2 => 3, _ => 1 }).Array[sent]
        from arrivals in Gen.Shuffle(
            Enumerable.Range(1, sent).SelectMany(sequence => Enumerable.Repeat(sequence, copies[sequence - 1])).ToArray())
        select (sent, arrivals);

    [Fact]
    public void It_sees_what_a_set_sees() => Arrivals.Sample((sent, arrivals) =>
    {
        var comparator = new Comparator(sent);
        var model = new HashSet<int>();
        foreach (var sequence in arrivals)
        {
            if (comparator.Mark(sequence) != model.Add(sequence) || comparator.Seen != model.Count)
                return false;
        }

        return Enumerable.Range(1, sent).All(sequence => comparator.IsSeen(sequence) == model.Contains(sequence));
    });

    [Fact]
    public void The_unseen_ranges_hold_every_unseen_line_and_begin_and_end_with_one() =>
        Gen.Select(Arrivals, Gen.Int[1, 20], Gen.Int[1, 5]).Sample((run, gap, most) =>
    {
        var comparator = new Comparator(run.Sent);
        foreach (var sequence in run.Arrivals)
            comparator.Mark(sequence);

        var ranges = comparator.Unseen(run.Sent, gap, most);

        var unseen = Enumerable.Range(1, run.Sent).Except(run.Arrivals).ToList();
        return ranges.Count <= most
            && unseen.TrueForAll(sequence => ranges.Exists(range => sequence >= range.First && sequence <= range.Last))
            && ranges.TrueForAll(range => unseen.Contains(range.First) && unseen.Contains(range.Last))
            && ranges.Zip(ranges.Skip(1)).All(pair => pair.First.Last < pair.Second.First);
    });

    [Fact]
    public void Numbers_that_were_never_sent_are_nobodys()
    {
        var comparator = new Comparator(10);

        Assert.False(comparator.Mark(0));
        Assert.False(comparator.Mark(-1));
        Assert.False(comparator.Mark(11));
        Assert.False(comparator.Mark(long.MaxValue));
        Assert.Equal(0, comparator.Seen);
    }

    [Fact]
    public void The_final_tally_counts_as_a_dictionary_does() => Gen.Select(Arrivals, Gen.Int[1, 5]).Sample((run, linesPerInstant) =>
    {
        // The store shows the lines in the order of arrival, several at each timestamp and sorted within it.
        var shown = run.Arrivals.Select((sequence, i) => new StoredLine(i / linesPerInstant, sequence, IsPrecise: true)).Order().ToArray();
        var sent = new SentLines(run.Sent);
        for (var sequence = 1; sequence <= run.Sent; sequence++)
            sent.Add(DateTime.UnixEpoch.AddHours(1));
        var tally = new FinalTally(sent, comparesTime: false);
        for (var i = 0; i < shown.Length; i += 7)
            tally.Add(shown.AsSpan(i, Math.Min(7, shown.Length - i)));

        var counts = run.Arrivals.CountBy(sequence => sequence).ToDictionary();
        var firsts = shown.DistinctBy(line => line.Sequence).ToList();
        var outOfOrder = firsts.Count(line => firsts.Exists(other => other.Timestamp < line.Timestamp && other.Sequence > line.Sequence));
        return tally.Stored == counts.Count
            && tally.Missing == run.Sent - counts.Count
            && tally.Duplicated == counts.Count(pair => pair.Value > 1)
            && tally.OutOfOrder == outOfOrder
            && tally.Entries == run.Arrivals.Length
            && tally.First(LineFlags.Duplicated, int.MaxValue).Sum(range => range.Last - range.First + 1) == tally.Duplicated
            && tally.First(LineFlags.OutOfOrder, int.MaxValue).Sum(range => range.Last - range.First + 1) == outOfOrder
            && tally.FirstMissing(int.MaxValue).Sum(range => range.Last - range.First + 1) == tally.Missing;
    });
}
