using System.Text;
using CsCheck;
using Observability.Forwarder.Lines;

namespace Observability.Forwarder.Tests.Lines;

public sealed class ReplayStableTimestampTests
{
    private const long Second = 1_000_000_000;

    // Times in whole seconds: any coarser than any clock under test.
    private static readonly Gen<long> Seconds = Gen.Long[1, 9_000_000_000].Select(seconds => seconds * Second);

    private static readonly Gen<int> Digits = Gen.Int[2, 9];

    [Fact]
    public void A_million_equal_lines_of_one_second_in_four_partitions_are_a_million_and_each_partition_is_in_order() =>
        AssertDistinctAndInOrder(digits: 9, partitions: 4, records: 250_000, linesOfRecord: 1);

    [Fact]
    public void A_million_equal_lines_of_one_second_in_otlp_records_are_a_million_and_in_order() =>
        AssertDistinctAndInOrder(digits: 9, partitions: 4, records: 100, linesOfRecord: 2_500);

    [Fact]
    public void Ten_thousand_equal_lines_of_one_millisecond_are_ten_thousand_and_in_order() =>
        AssertDistinctAndInOrder(digits: 6, partitions: 1, records: 10_000, linesOfRecord: 1);

    [Fact]
    public void Ten_thousand_equal_lines_of_one_millisecond_in_otlp_records_are_ten_thousand_and_in_order() =>
        AssertDistinctAndInOrder(digits: 6, partitions: 4, records: 10, linesOfRecord: 250);

    [Fact]
    public void Records_never_reach_into_each_others_places() => Gen.Select(Seconds, Digits, Gen.Long[0, 1L << 50], Gen.Int[0, 63]).Sample(
        (time, digits, offset, partition) =>
        {
            // As many records as a tick holds, and as many lines in each as it has places for.
            var (records, lines) = digits switch
            {
                9 => (8, 12_500),
                8 => (8, 12_500),
                7 => (8, 12_500),
                6 => (20, 3_125),
                5 => (10, 625),
                4 => (5, 125),
                3 => (5, 25),
                _ => (5, 5)
            };
            var all = (from record in Enumerable.Range(0, records)
                       from line in Enumerable.Range(0,
                lines)
                       select ReplayStableTimestamp.Refine(time, digits, partition, offset + record, line, isOfSeveral: true)).ToList();

            Assert.Equal(all.Count, all.Distinct().Count());
        },
        iter: 100);

    [Fact]
    public void Consecutive_records_of_one_line_never_share_a_place() =>
        Gen.Select(Seconds, Gen.Int[2, 6], Gen.Long[0, 1L << 60], Gen.Int[0, 200]).Sample(
        (time, digits, first, partition) =>
        {
            var slots = digits switch { 6 => 15_625, 5 => 3_125, 4 => 625, 3 => 125, _ => 25 };

            Assert.Equal(slots, Enumerable.Range(0, slots)
                .Select(i => ReplayStableTimestamp.Refine(time, digits, partition, first + i, 0, isOfSeveral: false)).Distinct().Count());
        },
        iter: 50);

    [Fact]
    public void Partitions_never_share_a_place() =>
        Assert.Equal(64_000,
            (from partition in Enumerable.Range(0, 64)
             from offset in Enumerable.Range(0, 1000)
             select ReplayStableTimestamp.Refine(0, 6,
                partition, offset, 0, isOfSeveral: false)).Distinct().Count());

    [Fact]
    public void A_replay_gets_the_same_digits_and_the_tick_stays() => Gen.Select(Gen.Long[0, 9_000_000_000_000_000], Digits,
        Gen.Select(Gen.Int[0, 1000], Gen.Long[0, long.MaxValue]), Gen.Int[0, 100_000], Gen.Bool).Sample(
        (ticks, digits, place, index, isOfSeveral) =>
        {
            var tick = (long)Math.Pow(10, digits);
            var time = ticks / tick * tick;
            var refined = ReplayStableTimestamp.Refine(time, digits, place.Item1, place.Item2, index, isOfSeveral);

            Assert.Equal(refined, ReplayStableTimestamp.Refine(time, digits, place.Item1, place.Item2, index, isOfSeveral));
            Assert.InRange(refined, time, time + tick - 1);
        },
        iter: 2000);

    [Fact]
    public void A_clock_of_nanoseconds_is_left_alone_whatever_zeros_its_time_ends_with() => Gen.Select(Seconds, Gen.Long[0, 1000]).Sample(
        (time, offset) => ReplayStableTimestamp.Refine(time, 0, 5, offset, 1, isOfSeveral: false) == time
            && ReplayStableTimestamp.Refine(time, 1, 5, offset, 1, isOfSeveral: true) == time,
        iter: 500);

    [Fact]
    public void An_identifier_gives_the_digits_wherever_the_line_stands_and_numbers_at_its_end_keep_their_order() =>
        Gen.Select(Seconds, Gen.Int[0, 1000]).Sample(
        (time, first) =>
        {
            var refined = Enumerable.Range(first,
                1000).Select(i => ReplayStableTimestamp.Refine(time, 6, Encoding.UTF8.GetBytes($"0f1e2d3c4b5a6978-{i}"))).ToList();

            Assert.Equal(refined.Distinct().Order(), refined);
            Assert.All(refined, value => Assert.InRange(value, time, time + 999_999));
        },
        iter: 50);

    [Fact]
    public void Identifiers_without_a_number_differ_nearly_always()
    {
        var random = new Random(7);
        var identifiers = Enumerable.Range(0,
            1000).Select(_ => new Guid(Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256)).ToArray()).ToString("N"));

        Assert.InRange(identifiers.Select(identifier => ReplayStableTimestamp.Refine(Second, 6, Encoding.UTF8.GetBytes(identifier)))
            .Distinct().Count(), 990, 1000);
    }

    private static void AssertDistinctAndInOrder(int digits, int partitions, int records, int linesOfRecord)
    {
        HashSet<long> all = [];
        for (var partition = 0; partition < partitions; partition++)
        {
            var last = -1L;
            for (var offset = 0; offset < records; offset++)
            {
                for (var line = 0; line < linesOfRecord; line++)
                {
                    var refined = ReplayStableTimestamp.Refine(Second, digits, partition, offset, line, linesOfRecord > 1);
                    Assert.True(refined > last, $"partition {partition}, offset {offset}, line {line}");
                    all.Add(last = refined);
                }
            }
        }

        Assert.Equal(partitions * records * linesOfRecord, all.Count);
    }
}
