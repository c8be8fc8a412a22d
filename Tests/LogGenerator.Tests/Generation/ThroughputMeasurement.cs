using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Observability.Embedded.EmbeddedKafka;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Generation;

/// <summary>How fast the generator is when nothing paces it. No test: run it alone, with <c>-explicit only</c>.</summary>
public class ThroughputMeasurement
{
    private const int Lines = 2_000_000;

    [Fact(Explicit = true)]
    public void Lines_alone()
    {
        var source = new LineSource(1, TimeSpan.Zero, TimeProvider.System);
        Measure("made", batch => source.Fill(batch, LineBatch.MaxLines, LinePatterns.Steady, 100_000));
    }

    [Fact(Explicit = true)]
    public async Task Lines_into_Kafka()
    {
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 12 } });
        await using var host = await GeneratorHost.StartAsync(("ConnectionStrings:kafka", broker.BootstrapServers),
            ("LogGenerator:Enabled", "false"));
        using var sink = host.Services.GetRequiredService<SinkFactory>().Create(SinkKind.Kafka);
        var source = new LineSource(1, TimeSpan.Zero, TimeProvider.System);
        Measure("delivered to Kafka", batch =>
        {
            source.Fill(batch, LineBatch.MaxLines, LinePatterns.Steady, 100_000);
            sink.WriteAsync(batch, TestContext.Current.CancellationToken).AsTask().Wait(TestContext.Current.CancellationToken);
        });
        await sink.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, sink.FailedLines);
    }

    private static void Measure(string what, Action<LineBatch> step)
    {
        var batch = new LineBatch();
        step(batch);
        var (lines, bytes) = (0, 0L);
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        while (lines < Lines)
        {
            batch.Clear();
            step(batch);
            lines += batch.Count;
            bytes += batch.ByteCount;
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{what}: {lines / watch.Elapsed.TotalSeconds:0} lines/s, {bytes / lines} bytes a line, {(GC.GetTotalAllocatedBytes() - allocated) / lines} bytes allocated a line");
    }
}
