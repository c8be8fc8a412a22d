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
        Gen.Select(
            Seconds,
            Gen.Int[2, 6],
            // Beyond 32 bits too, and across their end.
            Gen.OneOf(Gen.Long[0, 1L << 60], Gen.Long[uint.MaxValue - 15_000L, uint.MaxValue]),
            Gen.Int[0, 200]).Sample(
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

    [Theory]
    [InlineData(9, 4_999, 12_500)]
    [InlineData(6, 19, 3_125)]
    [InlineData(3, 4, 25)]
    [InlineData(2, 4, 5)]
    public void The_last_place_of_a_tick_is_the_last_before_the_next_tick(int digits, long offset, int index)
    {
        var tick = (long)Math.Pow(10, digits);

        // Partition 63 has the last of each turn.
        var last = ReplayStableTimestamp.Refine(Second, digits, 63, offset, index - 1, isOfSeveral: true);
        Assert.Equal(Second + tick - 1, last);
        Assert.InRange(ReplayStableTimestamp.Refine(Second, digits, 63, offset, index, isOfSeveral: true), Second, last);
    }

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

        var times = identifiers.Select(identifier => ReplayStableTimestamp.Refine(Second, 6, Encoding.UTF8.GetBytes(identifier))).ToList();

        Assert.InRange(times.Distinct().Count(), 990, 1000);
        Assert.All(times, time => Assert.InRange(time, Second, Second + 999_999));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(9)]
    public void What_an_identifier_gives_stays_within_the_tick_and_tells_senders_and_numbers_apart(int digits)
    {
        var tick = (long)Math.Pow(10, digits);
        var senders = Enumerable.Range(0, 50)
            .Select(sender => Enumerable.Range(0, 20).Select(number => Refine($"run{sender}-{number}")).ToList()).ToList();

        Assert.All(senders, times => Assert.Equal(times.Distinct().Order(), times));
        Assert.All(senders.SelectMany(times => times), time => Assert.InRange(time, Second, Second + tick - 1));
        Assert.InRange(senders.Select(times => times[0]).Distinct().Count(), 2, 50);

        long Refine(string identifier) => ReplayStableTimestamp.Refine(Second, digits, Encoding.UTF8.GetBytes(identifier));
    }

    /// <summary>Others would store once more, at the next replay, what an older version has stored.</summary>
    [Theory]
    [InlineData(9, 0, 0, 0, false, 0)]
    [InlineData(9, 5, 123_456_789, 0, false, 901_234_501)]
    [InlineData(6, 67, 15_624, 1, false, 3)]
    [InlineData(6, 3, 6_000_000_000, 7, true, 115)]
    [InlineData(4, 17, 4, 30, true, 8_481)]
    [InlineData(2, 1, 26, 0, false, 5)]
    public void The_digits_of_a_place_are_those_of_every_version(int digits, int partition, long offset, int index, bool isOfSeveral,
        long expected) =>
        Assert.Equal(Second + expected, ReplayStableTimestamp.Refine(Second, digits, partition, offset, index, isOfSeveral));

    /// <inheritdoc cref="The_digits_of_a_place_are_those_of_every_version"/>
    [Theory]
    [InlineData("0f1e2d3c4b5a6978-41", 2_651)]
    [InlineData("5b8efff798038103d269b633813fc60c", 786_396)]
    [InlineData("01JZ-x", 687_890)]
    public void The_digits_of_an_identifier_are_those_of_every_version(string identifier, long expected) =>
        Assert.Equal(Second + expected, ReplayStableTimestamp.Refine(Second, 6, Encoding.UTF8.GetBytes(identifier)));

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
