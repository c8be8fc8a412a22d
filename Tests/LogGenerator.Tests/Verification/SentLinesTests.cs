using CsCheck;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Tests.Verification;

public class SentLinesTests
{
    [Fact]
    public void Timestamps_rise_strictly_and_are_finer_than_a_millisecond() => Gen.Long[-20_000, 20_000].Array[1, 500].Sample(steps =>
    {
        var sent = new SentLines(steps.Length);
        var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var last = DateTime.MinValue;
        foreach (var step in steps)
        {
            now = now.AddTicks(step);
            var timestamp = sent.Add(now);
            if (timestamp <= last || timestamp.Ticks % TimeSpan.TicksPerMillisecond == 0 || sent[sent.Count] != timestamp)
                return false;
            last = timestamp;
        }

        return sent.Count == steps.Length;
    });
}
