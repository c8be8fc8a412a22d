using Observability.ServiceDefaults.Http;

namespace Observability.ServiceDefaults.Tests.Http;

public sealed class BackoffTests
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_pause_is_between_half_and_the_whole_of_a_step_that_doubles_up_to_the_longest()
    {
        var backoff = new Backoff(Least, Most, TimeSpan.FromMinutes(1), new Random(1));
        foreach (var step in new[] { 100, 200, 400, 800, 1000, 1000, 1000 })
            Assert.InRange(backoff.Next(null).TotalMilliseconds, step / 2, step);
    }

    [Fact]
    public void What_the_server_asks_for_is_the_least()
    {
        var backoff = new Backoff(Least, Most, TimeSpan.FromMinutes(1), new Random(1));

        Assert.Equal(TimeSpan.FromSeconds(7), backoff.Next(TimeSpan.FromSeconds(7)));
        Assert.InRange(backoff.Next(TimeSpan.FromMilliseconds(1)).TotalMilliseconds, 100, 200);
        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(-5)).TotalMilliseconds, 200, 400);
    }

    [Fact]
    public void A_server_that_asks_for_years_is_asked_again_after_the_longest_pause_that_it_may_ask_for() =>
        Assert.Equal(TimeSpan.FromMinutes(1),
            new Backoff(Least, Most, TimeSpan.FromMinutes(1), new Random(1)).Next(TimeSpan.FromDays(40_000)));
}
