using Observability.Forwarder.Delivery;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>Times are milliseconds here.</summary>
public sealed class StreamAccountTests
{
    private readonly StreamAccount _account = new();
    // 100 bytes a second, 1,000 at once.
    private readonly StreamLimits _limits = new(new LokiOptions { StreamRate = 300, StreamBurst = 3000 });

    [Fact]
    public void A_bucket_is_full_at_first_is_emptied_by_pushes_and_fills_at_the_rate_of_the_limit()
    {
        Assert.Equal(0.9, Charge(100, 1000));
        Assert.Equal(0.4, Charge(500, 1000));
        Assert.Equal(0.6, Charge(0, 3000), 0.0001);
        Assert.Equal(1, Charge(0, 100_000));
    }

    [Fact]
    public void A_push_that_is_larger_than_what_was_there_leaves_a_debt_of_one_bucket_at_the_most()
    {
        Assert.Equal(-0.5, Charge(1500, 1000));
        Assert.Equal(-1, Charge(1_000_000, 1000));
        Assert.Equal(-0.5, Charge(0, 6000), 0.0001);
    }

    [Fact]
    public void A_refusal_takes_what_is_left_and_forgives_no_debt()
    {
        Charge(0, 1000);
        _account.Empty(1000);
        Assert.Equal(0, Charge(0, 1000));
        Assert.Equal(0.1, Charge(0, 2000), 0.0001);

        Charge(600, 2000);
        _account.Empty(2000);
        Assert.Equal(-0.5, Charge(0, 2000), 0.0001);
    }

    [Fact]
    public void A_stream_is_known_since_lines_of_it_were_stored_and_until_loki_has_no_room_for_it()
    {
        Assert.False(_account.IsKnown(0));
        _account.Stored(5);
        Assert.True(_account.IsKnown(4));
        Assert.False(_account.IsKnown(5));

        _account.NoRoom(6, 10);
        Assert.False(_account.IsKnown(0));
        Assert.True(_account.HasNoRoom(9));
        Assert.False(_account.HasNoRoom(10));

        _account.NoRoom(7, 10);
        _account.Stored(8);
        Assert.False(_account.HasNoRoom(9));
    }

    [Fact]
    public void The_time_without_room_counts_from_the_first_refusal_after_lines_were_stored()
    {
        Assert.Equal([3, 3], new[] { _account.NoRoom(3, 0), _account.NoRoom(5, 0) });
        _account.Stored(6);
        Assert.Equal(7, _account.NoRoom(7, 0));
    }

    [Fact]
    public void One_sender_at_a_time_has_a_claim()
    {
        Assert.Equal([true, false, false], new[] { _account.Claim(), _account.Claim(), _account.Claim() });
        _account.Unclaim();
        Assert.True(_account.Claim());
    }

    private double Charge(long bytes, long now) => _account.Charge(bytes, _limits, now, 1000);
}
