using CsCheck;
using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class OffsetTrackerTests
{
    [Fact]
    public void Nothing_is_committed_before_the_first_record_is_whole()
    {
        var tracker = new OffsetTracker();
        Assert.Equal(-1, tracker.NextOffset);

        var number = tracker.Begin(41);
        tracker.AddPart(number);
        tracker.Complete(number);

        Assert.Equal(-1, tracker.NextOffset);
        Assert.Equal(1, tracker.Pending);
        tracker.Complete(number);
        Assert.Equal(42, tracker.NextOffset);
        Assert.Equal(0, tracker.Pending);
    }

    [Fact]
    public void The_prefix_waits_for_its_first_record_and_then_jumps_over_all_that_are_whole()
    {
        var tracker = new OffsetTracker();
        var numbers = Enumerable.Range(0, 5000).Select(i => tracker.Begin(10 + (i * 3))).ToList();

        foreach (var number in numbers.Skip(1))
            tracker.Complete(number);

        Assert.Equal(-1, tracker.NextOffset);
        Assert.Equal(5000, tracker.Pending);
        tracker.Complete(numbers[0]);
        Assert.Equal(10 + (4999 * 3) + 1, tracker.NextOffset);
    }

    [Fact]
    public void Offsets_that_go_back_take_the_prefix_with_them_at_once()
    {
        var tracker = new OffsetTracker();
        for (var offset = 0; offset < 5; offset++)
            tracker.Complete(tracker.Begin(offset));

        var number = tracker.Begin(0);

        Assert.True(tracker.HasSteppedBack);
        Assert.Equal(0, tracker.NextOffset);
        tracker.Complete(number);
        Assert.Equal(1, tracker.NextOffset);
    }

    /// <summary>A topic of one record that is made anew: the new record has the offset of the old one, which is done.</summary>
    [Fact]
    public void The_offset_read_last_that_comes_again_takes_the_prefix_back_too()
    {
        var tracker = new OffsetTracker();
        tracker.Complete(tracker.Begin(0));

        tracker.Begin(0);

        Assert.True(tracker.HasSteppedBack);
        Assert.Equal(0, tracker.NextOffset);
    }

    [Fact]
    public void What_was_read_before_the_offsets_went_back_moves_the_prefix_no_more()
    {
        var tracker = new OffsetTracker();
        var before = Enumerable.Range(4000, 3).Select(offset => tracker.Begin(offset)).ToList();
        var after = Enumerable.Range(0, 2).Select(offset => tracker.Begin(offset)).ToList();

        Assert.Equal(0, tracker.NextOffset);
        after.ForEach(tracker.Complete);
        Assert.Equal(0, tracker.NextOffset);
        before.ForEach(tracker.Complete);

        Assert.Equal(2, tracker.NextOffset);
        Assert.Equal(-1, tracker.OldestPending);
    }

    [Fact]
    public void Records_handed_out_twice_skip_nothing_that_is_still_under_way()
    {
        var tracker = new OffsetTracker();
        var first = Enumerable.Range(20, 31).Select(offset => tracker.Begin(offset)).ToList();
        var again = Enumerable.Range(30, 21).Select(offset => tracker.Begin(offset)).ToList();

        again.ForEach(tracker.Complete);
        Assert.Equal(20, tracker.NextOffset);
        first.ForEach(tracker.Complete);

        Assert.Equal(51, tracker.NextOffset);
    }

    [Fact]
    public void Room_for_many_pending_records_is_given_back_when_all_are_done()
    {
        var tracker = new OffsetTracker();
        var numbers = Enumerable.Range(0, 5000).Select(offset => tracker.Begin(offset)).ToList();

        numbers[1..].ForEach(tracker.Complete);
        Assert.Equal(8192, tracker.Capacity);
        tracker.Complete(numbers[0]);

        Assert.Equal(OffsetTracker.Kept, tracker.Capacity);
        Assert.Equal(5000, tracker.NextOffset);
    }

    [Fact]
    public void Room_that_one_partition_gave_back_serves_the_next_and_mixes_up_nothing()
    {
        var (one, other) = (new OffsetTracker(), new OffsetTracker());
        for (var round = 0; round < 4; round++)
        {
            var ofOne = Enumerable.Range(round * 300, 300).Select(offset => one.Begin(offset)).ToList();
            ofOne[..200].ForEach(one.Complete);
            var ofOther = Enumerable.Range(round * 1000, 1000).Select(offset => other.Begin(7 + offset)).ToList();
            ofOne[200..].ForEach(one.Complete);
            Assert.Equal((round + 1) * 300, one.NextOffset);

            Assert.Equal(7 + (round * 1000), other.OldestPending);
            ofOther.Reverse();
            ofOther.ForEach(other.Complete);
            Assert.Equal(7 + ((round + 1) * 1000), other.NextOffset);
        }
    }

    /// <summary>Each step is begin (with a gap in the offsets), add a part to a pending record, or complete a part of one.</summary>
    [Fact]
    public void Any_order_of_events_moves_the_prefix_as_a_list_would() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1 << 20]).Array[0, 400].Sample(
        steps =>
        {
            var tracker = new OffsetTracker();
            List<(long Number, long Offset, int[] Parts)> pending = [];
            long offset = -1, next = -1;
            foreach (var (kind, choice) in steps)
            {
                if (kind < 4 || pending.Count == 0)
                {
                    offset += 1 + (choice % 5);
                    pending.Add((tracker.Begin(offset), offset, [1]));
                }
                else
                {
                    var open = pending.Where(record => record.Parts[0] > 0).ToList();
                    var (number, _, parts) = open[choice % open.Count];
                    if (kind < 6)
                    {
                        parts[0]++;
                        tracker.AddPart(number);
                    }
                    else
                    {
                        parts[0]--;
                        tracker.Complete(number);
                    }
                }

                while (pending.Count > 0 && pending[0].Parts[0] == 0)
                {
                    next = pending[0].Offset + 1;
                    pending.RemoveAt(0);
                }

                Assert.Equal(next, tracker.NextOffset);
                Assert.Equal(pending.Count, tracker.Pending);
            }
        },
        iter: 300);

    [Fact]
    public void Growth_keeps_each_record_at_its_offset_wherever_the_ring_stands() => Gen.Select(Gen.Int[0, 3000], Gen.Int[1, 6000]).Sample(
        (before, open) =>
        {
            var tracker = new OffsetTracker();
            for (var i = 0; i < before; i++)
                tracker.Complete(tracker.Begin(i));
            // With gaps, so that a neighbour's offset is seen.
            var records = Enumerable.Range(0,
                open).Select(i => before + (i * 7L)).Select(offset => (Number: tracker.Begin(offset), Offset: offset)).ToList();

            foreach (var (number, offset) in records)
            {
                Assert.Equal(offset, tracker.OldestPending);
                tracker.Complete(number);
                Assert.Equal(offset + 1, tracker.NextOffset);
            }
        },
        iter: 50);

    [Fact]
    public void Growth_forgets_nothing_wherever_the_ring_stands() => Gen.Select(Gen.Int[0, 3000], Gen.Int[1, 6000]).Sample(
        (before, open) =>
        {
            var tracker = new OffsetTracker();
            for (var i = 0; i < before; i++)
                tracker.Complete(tracker.Begin(i));
            var numbers = Enumerable.Range(before, open).Select(i => tracker.Begin(i)).ToList();

            for (var i = open - 1; i >= 0; i--)
            {
                Assert.Equal(before == 0 ? -1 : before, tracker.NextOffset);
                tracker.Complete(numbers[i]);
            }

            Assert.Equal(before + open, tracker.NextOffset);
        },
        iter: 50);
}
