using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Generation;

public partial class LineSourceTests
{
    [Fact]
    public void A_seed_repeats_a_run_whatever_the_clock_and_the_batches()
    {
        foreach (var pattern in LinePatterns.All.Where(pattern => pattern is not LargeLinesPattern))
        {
            var first = Make(42, pattern, batch: 1, start: new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
            var second = Make(42, pattern, batch: 37, start: new DateTimeOffset(2026, 5, 5, 5, 5, 5, TimeSpan.Zero));

            Assert.Equal(first, second);
            Assert.NotEqual(first, Make(43, pattern, batch: 37, start: new DateTimeOffset(2026, 5, 5, 5, 5, 5, TimeSpan.Zero)));
        }
    }

    [Fact]
    public void A_backfilled_line_states_an_old_time()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var batch = new LineBatch();

        new LineSource(1, TimeSpan.FromHours(2), time).Fill(batch, 10, LinePatterns.All.Single(pattern => pattern is BackfillPattern), 100);

        Assert.All(batch.Texts(), line => Assert.Contains("2026-01-01T10:00:00.000Z", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_batch_that_is_full_takes_no_further_line()
    {
        var batch = new LineBatch();

        new LineSource(1, TimeSpan.Zero, TimeProvider.System).Fill(batch, 100, new LargeLinesPattern(), 100);

        Assert.InRange(batch.Count, 1, 99);
        Assert.InRange(batch.ByteCount, LineBatch.MaxBytes, LineBatch.MaxBytes + 256_000);
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Timestamps();

    private static List<string> Make(ulong seed, LinePattern pattern, int batch, DateTimeOffset start)
    {
        var source = new LineSource(seed, TimeSpan.FromMinutes(30), new FakeTimeProvider(start));
        var lines = new List<string>();
        var buffer = new LineBatch();
        while (lines.Count < 1_000)
        {
            buffer.Clear();
            source.Fill(buffer, Math.Min(batch, 1_000 - lines.Count), pattern, rate: 20);
            lines.AddRange(buffer.Texts().Select(line => Timestamps().Replace(line, "TIME")));
        }

        return lines;
    }
}
