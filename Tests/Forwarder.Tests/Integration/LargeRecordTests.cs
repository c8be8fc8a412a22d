using Confluent.Kafka;
using Google.Protobuf;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>
/// Records far larger than a batch, through a Forwarder whose heap has a hard limit: the record and what may wait for Loki fit in there,
/// and not much else does. The store takes nothing at first, so that all that may be buffered is.
/// </summary>
public sealed class LargeRecordTests
{
    private const int RefusedAtFirst = 12;

    // The largest record (16 MiB), what waits for Loki (32 MiB, at the most twice), and the runtime's and the senders' own.
    private const int HeapBytes = 112 * 1024 * 1024;

    [Theory(Timeout = 180_000)]
    [InlineData(60_000, 280)]
    [InlineData(8_000, 2_000)]
    [InlineData(8_000, 140)]
    public async Task A_record_of_many_lines_passes_in_full_pushes_within_the_memory_of_the_record_and_the_buffer(int lines, int size)
    {
        var now = Now();
        var record = Record(Enumerable.Range(0, lines).Select(i => new LogRecord
        {
            TimeUnixNano = now + (ulong)i,
            Body = new() { StringValue = $"line {i} ".PadRight(size - 25, 'x') },
        }));

        var pushes = await PassesAsync(record, lines);

        // A push of 1 MiB at the most, and at least three quarters of that but for the last one.
        Assert.InRange(pushes, 1, 2 + (lines * (size + 50) * 4L / 3 / (1024 * 1024)) + RefusedAtFirst);
    }

    /// <summary>Eleven bytes a line in the record, most of which are gone on the wire.</summary>
    [Fact(Timeout = 180_000)]
    public async Task A_million_lines_without_a_byte_pass_within_the_same_memory()
    {
        const int Lines = 1_000_000;
        var now = Now();
        await PassesAsync(Record(Enumerable.Range(0, Lines).Select(i => new LogRecord { TimeUnixNano = now + (ulong)i })), Lines);
    }

    private static async Task<int> PassesAsync(ExportLogsServiceRequest record, int lines)
    {
        var token = TestContext.Current.CancellationToken;
        await using var stack = await Stack.StartAsync(
            new EmbeddedLokiOptions { IngestionRateBytes = 1L << 40, IngestionBurstBytes = 1L << 40 });
        var pushes = 0;
        stack.Loki.Fault = context =>
        {
            if (context.Request.Path != "/loki/api/v1/push" || Interlocked.Increment(ref pushes) > RefusedAtFirst)
                return Task.FromResult(false);
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        stack.Settings["DOTNET_GCHeapHardLimit"] = $"0x{HeapBytes:X}";
        using var forwarder = stack.StartForwarderProcess();
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = stack.Broker.BootstrapServers,
            MessageMaxBytes = 32 * 1024 * 1024,
            CompressionType = CompressionType.Gzip,
        }).Build();
        await producer.ProduceAsync("alloy-logs", new() { Value = record.ToByteArray() }, token);

        await Stack.UntilAsync(async () =>
        {
            Assert.False(forwarder.HasExited, forwarder.Output);
            return await stack.CommittedAsync("alloy-logs") == 1;
        });

        Assert.Equal(lines, stack.Loki.Store.StoredLines);
        Assert.DoesNotContain("OutOfMemory", forwarder.Output, StringComparison.Ordinal);
        return pushes;
    }

    private static ExportLogsServiceRequest Record(IEnumerable<LogRecord> lines) =>
        new() { ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { lines } } } } } };

    private static ulong Now() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
