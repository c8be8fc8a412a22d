using System.Globalization;
using System.Text;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Kafka;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>A sender between made-up lines and a Loki without a wire, on a clock that stands still.</summary>
internal sealed class SenderParts : IDisposable
{
    // A delivery that goes on for ever would hang the tests.
    private const int MaxPauses = 1000;

    private readonly TestMeters _meters = new();
    private readonly StreamTable _streams = TestStreams.Create("service");
    private readonly PartitionState _partition = TestPartition.Create();

    public SenderParts(LokiOptions? loki = null)
    {
        // What a test completes goes on at once, on the test's own thread.
        SynchronizationContext.SetSynchronizationContext(null);
        Options = Microsoft.Extensions.Options.Options.Create(new ForwarderOptions { Loki = loki ?? new() });
        Ledger = new StreamLedger(Options, Time);
        Measured = new MetricRecorder(_meters);
        Sender = CreateSender(Loki);
    }

    public Microsoft.Extensions.Options.IOptions<ForwarderOptions> Options { get; }

    public TimerRecorder Time { get; } = new();

    public StreamLedger Ledger { get; }

    public ScriptedLoki Loki { get; } = new();

    public BatchSender Sender { get; }

    public MetricRecorder Measured { get; }

    public LogRecorder<BatchSender> Log { get; } = new();

    /// <summary>The account of the stream that lines go to which Loki has no room for.</summary>
    public StreamAccount Overflow => Ledger.Find([], _streams.Get("any").Overflow!);

    /// <summary>Makes a sender; all of them share one ledger.</summary>
    public BatchSender CreateSender(IPushClient loki, int seed = 1) =>
        new(loki, Ledger, _meters.Metrics, Options, Time, Log, new Random(seed));

    public StreamAccount Account(string service) => Ledger.Find([], _streams.Get(service));

    /// <summary>Makes Loki have streams in memory.</summary>
    public void Know(params string[] services)
    {
        foreach (var service in services)
            Account(service).Stored(Time.GetTimestamp());
    }

    /// <summary>A batch of one line for each service named, of a record of its own and of now. A line is its place, with zeros before it
    /// up to a width.</summary>
    public Batch Fill(IEnumerable<string> services, int width = 100, bool isLate = false, RecordTrace? trace = null)
    {
        var batch = new Batch(1024) { IsLate = isLate };
        // As many digits for each: all lines of a width have one size.
        var now = ((Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100) + 1_000_000;
        foreach (var (line, service) in services.Index())
        {
            var text = Encoding.UTF8.GetBytes(line.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'));
            var record = new TestRecord(_partition, line, text);
            batch.Add(record.Record with { Trace = trace }, 0, _streams.Get(service), now + line, record.Value, default);
        }

        return batch;
    }

    /// <summary>Delivers a batch, and lets the time pass that the sender waits.</summary>
    /// <returns>The pauses.</returns>
    public async Task<List<TimeSpan>> DeliverAsync(Batch batch, BatchSender? sender = null)
    {
        List<TimeSpan> pauses = [];
        using var isDone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var delivery = (sender ?? Sender).DeliverAsync(batch, isDone.Token);
        while (await Task.WhenAny(delivery, Time.NextTimerAsync(isDone.Token).AsTask()) is Task<TimeSpan> timer)
        {
            pauses.Add(await timer);
            if (pauses.Count > MaxPauses)
                throw new InvalidOperationException("The delivery does not end.");
            Time.Advance(pauses[^1]);
        }

        await delivery;
        await isDone.CancelAsync();
        return pauses;
    }

    public void Dispose()
    {
        Measured.Dispose();
        _meters.Dispose();
    }
}
