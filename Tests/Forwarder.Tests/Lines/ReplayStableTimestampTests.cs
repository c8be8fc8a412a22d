using CsCheck;
using Observability.Forwarder.Lines;

namespace Observability.Forwarder.Tests.Lines;

public sealed class ReplayStableTimestampTests
{
    private const long Millisecond = 1_000_000;

    private static readonly Gen<long> Milliseconds = Gen.Long[0, 9_000_000_000_000].Select(milliseconds => milliseconds * Millisecond);

    [Fact]
    public void Consecutive_offsets_of_one_millisecond_never_share_a_nanosecond() => Gen.Select(Milliseconds, Gen.Long[0, 1L << 60], Gen.Int[0, 200]).Sample(
        (time, first, partition) => Assert.Equal(15_625, Enumerable.Range(0, 15_625).Select(i => ReplayStableTimestamp.Refine(time, partition, first + i, 0)).Distinct().Count()),
        iter: 20);

    [Fact]
    public void The_lines_of_one_record_never_share_a_nanosecond() => Gen.Select(Milliseconds, Gen.Long[0, 1L << 60]).Sample(
        (time, offset) => Assert.Equal(15_625, Enumerable.Range(0, 15_625).Select(i => ReplayStableTimestamp.Refine(time, 3, offset, i)).Distinct().Count()),
        iter: 20);

    [Fact]
    public void Sixty_four_partitions_never_share_a_nanosecond() =>
        Assert.Equal(64 * 1000, (from partition in Enumerable.Range(0, 64) from offset in Enumerable.Range(0, 1000) select ReplayStableTimestamp.Refine(0, partition, offset, 0)).Distinct().Count());

    [Fact]
    public void A_replay_gets_the_same_digits_and_the_millisecond_stays() => Gen.Select(Milliseconds, Gen.Int[0, 1000], Gen.Long[0, long.MaxValue], Gen.Int[0, 100_000]).Sample(
        (time, partition, offset, index) =>
        {
            var refined = ReplayStableTimestamp.Refine(time, partition, offset, index);

            Assert.Equal(refined, ReplayStableTimestamp.Refine(time, partition, offset, index));
            Assert.InRange(refined, time, time + Millisecond - 1);
        },
        iter: 1000);

    [Fact]
    public void A_finer_time_is_left_alone() => Gen.Select(Milliseconds, Gen.Long[1, Millisecond - 1], Gen.Long[0, 1000]).Sample(
        (time, finer, offset) => ReplayStableTimestamp.Refine(time + finer, 5, offset, 1) == time + finer,
        iter: 500);

    [Fact]
    public void Records_keep_their_order_until_the_digits_start_anew() =>
        Assert.Equal(
            Enumerable.Range(0, 256).Select(i => ReplayStableTimestamp.Refine(0, 0, i, 0)).Order(),
            Enumerable.Range(0, 256).Select(i => ReplayStableTimestamp.Refine(0, 0, i, 0)));
}
