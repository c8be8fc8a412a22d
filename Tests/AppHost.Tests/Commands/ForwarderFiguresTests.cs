using Observability.AppHost.Commands;

namespace Observability.AppHost.Tests.Commands;

public sealed class ForwarderFiguresTests
{
    [Fact]
    public void Figures_are_those_between_two_moments_over_all_Forwarders()
    {
        var before = Figures(Metrics(retries: 3, paused: 0, measured: 100, inTime: 100), Metrics(0, 0, 10, 10));
        var now = Figures(Metrics(retries: 10, paused: 1, measured: 110, inTime: 104), Metrics(0, 0, 10, 10));

        var since = now.Since(before);

        Assert.Equal([new("connection", 7)], since.Retries);
        Assert.Equal((true, 2, 14, 7), (since.IsPaused, since.HeldPartitions, since.Lag, since.FailedCommits));
        Assert.Equal(6 * 64, since.LateLines);
        Assert.Equal(0, since.DeadLettered);
    }

    [Fact]
    public void A_Forwarder_that_was_started_again_counts_from_nothing()
    {
        var since = Figures(Metrics(retries: 2, paused: 0, measured: 5, inTime: 4)).Since(Figures(Metrics(retries: 9, 0, 100, 100)));

        Assert.Equal([new("connection", 2)], since.Retries);
        Assert.Equal(64, since.LateLines);
    }

    private static ForwarderFigures Figures(params string[] metrics)
    {
        var figures = new ForwarderFigures();
        foreach (var text in metrics)
            figures.Add(text);
        return figures;
    }

    private static string Metrics(int retries, int paused, int measured, int inTime) => $$"""
        # TYPE forwarder_push_retries_total counter
        forwarder_push_retries_total{otel_scope_name="Observability.Forwarder",reason="connection"} {{retries}} 1764165600000
        forwarder_dead_lettered_lines_total{otel_scope_name="Observability.Forwarder",reason="x",topic="test-logs"} 4 1764165600000
        forwarder_commits_total{otel_scope_name="Observability.Forwarder",result="success"} 50 1764165600000
        forwarder_commits_total{otel_scope_name="Observability.Forwarder",result="failure"} {{retries}} 1764165600000
        forwarder_consumer_lag_records{otel_scope_name="Observability.Forwarder",partition="0",topic="test-logs"} 7 1764165600000
        forwarder_paused{otel_scope_name="Observability.Forwarder"} {{paused}} 1764165600000
        forwarder_held_partitions{otel_scope_name="Observability.Forwarder"} 1 1764165600000
        forwarder_end_to_end_latency_seconds_bucket{otel_scope_name="Observability.Forwarder",le="2.5"} 0 1764165600000
        forwarder_end_to_end_latency_seconds_bucket{otel_scope_name="Observability.Forwarder",le="5"} {{inTime}} 1764165600000
        forwarder_end_to_end_latency_seconds_bucket{otel_scope_name="Observability.Forwarder",le="+Inf"} {{measured}} 1764165600000
        forwarder_end_to_end_latency_seconds_count{otel_scope_name="Observability.Forwarder"} {{measured}} 1764165600000

        """;
}
