using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Telemetry;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Telemetry;

[Collection(ProcessWideMetrics.Name)]
public sealed class LineTracerTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(20_000)]
    public void About_one_line_a_second_is_traced_at_whatever_rate(int linesASecond)
    {
        using var listener = Listen();
        var tracer = new LineTracer(null, _time);

        // Ten seconds, in steps in which there is a line.
        var steps = Math.Min(linesASecond, 100);
        var traced = 0;
        for (var step = 0; step < 10 * steps; step++)
        {
            traced += Take(tracer, linesASecond / steps);
            _time.Advance(TimeSpan.FromSeconds(1.0 / steps));
        }

        Assert.Equal(10, traced);
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(10, 100)]
    [InlineData(300, 4)]
    [InlineData(0, 0)]
    public void One_line_in_so_many_is_traced_whatever_the_time(long oneIn, int expected)
    {
        using var listener = Listen();
        var tracer = new LineTracer(oneIn, _time);

        Assert.Equal(expected, Enumerable.Range(0, 100).Sum(_ => Take(tracer, 10)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1L)]
    public void Where_nobody_listens_no_line_is_traced(long? oneIn) => Assert.Equal(0, Take(new LineTracer(oneIn, _time), 100));

    [Fact]
    public void A_trace_begins_with_its_line_whatever_goes_on_around_it()
    {
        using var listener = Listen();
        using var around = new Activity("around").Start();

        var (first, second) = (new LineTracer(1, _time).Next()!, new LineTracer(1, _time).Next()!);

        Assert.Equal((default, default), (first.ParentSpanId, second.ParentSpanId));
        Assert.NotEqual(first.TraceId, second.TraceId);
        Assert.Same(around, Activity.Current);
    }

    [Fact]
    public void A_traced_line_states_its_trace_and_a_seed_repeats_all_others()
    {
        using var listener = Listen();
        var plain = Make(null);
        var traced = Make(new LineTracer(10, _time));

        var states = 0;
        for (var i = 0; i < plain.Count; i++)
        {
            if (traced.Lines[i].Trace is not { } trace)
            {
                Assert.Equal(plain.Texts()[i], traced.Texts()[i]);
            }
            else if (traced.Texts()[i].Contains("\"trace_id\"", StringComparison.Ordinal))
            {
                Assert.Contains(
                    $"\"trace_id\":\"{trace.TraceId}\",\"span_id\":\"{trace.SpanId}\"", traced.Texts()[i], StringComparison.Ordinal);
                states++;
            }
        }

        Assert.Equal(50, traced.TracedLines);
        Assert.True(states > 5);
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LineTracer.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static int Take(LineTracer tracer, int lines)
    {
        tracer.Look();
        return Enumerable.Range(0, lines).Count(_ => tracer.Next() is not null);
    }

    private LineBatch Make(LineTracer? tracer)
    {
        var batch = new LineBatch();
        new LineSource(42, TimeSpan.Zero, _time, tracer).Fill(batch, 500, LinePatterns.Steady, 100);
        return batch;
    }
}
