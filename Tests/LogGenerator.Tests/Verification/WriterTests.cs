using Microsoft.Extensions.Time.Testing;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Tests.Support;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Tests.Verification;

public class WriterTests
{
    [Fact]
    public async Task It_is_never_further_ahead_of_the_reader_than_allowed()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var request = new VerificationRequest { RunId = "r", Lines = 1_000, Rate = 10_000, MaxOutstanding = 100 };
        var sent = new SentLines(request.Lines);
        var comparator = new Comparator(request.Lines);
        var sink = new ListSink();

        var sending = new Writer(request, TimeSpan.Zero, sent, comparator, sink, time).SendAsync(TestContext.Current.CancellationToken);
        while (!sending.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            Assert.InRange(sent.Count - comparator.Seen, 0, 100);
            if (sent.Count - comparator.Seen == 100)
            {
                for (var sequence = comparator.Seen + 1; sequence <= sent.Count - 30; sequence++)
                    comparator.Mark(sequence);
            }
        }

        await sending;
        Assert.Equal(1_000, sink.Lines.Count);
        Assert.Matches(
            """^\{"timestamp":"2026-01-01T00:00:\d\d\.\d{7}Z","level":"INFO","service":"loggenerator-verify","pod":"verify-4","message":"verify line 123 of 1000","run_id":"r","seq":123,"sum":"[0-9a-f]{16}"\}$""",
            sink.Lines[122]);
    }

    private sealed class ListSink : ILogSink
    {
        public List<string> Lines { get; } = [];

        public string Name => "list";

        public string Target => "a list";

        public long DeliveredLines => 0;

        public string? Trouble => null;

        public long FailedLines => 0;

        public long PendingLines => 0;

        public ValueTask WriteAsync(LineBatch batch, CancellationToken cancellationToken)
        {
            Lines.AddRange(batch.Texts());
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
