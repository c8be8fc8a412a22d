using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.ServiceDefaults.Protos.Loki;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>A sender between a batch of made-up lines and a made-up Loki.</summary>
internal sealed class SenderHarness : IAsyncDisposable
{
    private readonly TestMeters _meters = new();
    private readonly StreamTable _streams = TestStreams.Create("service");
    private readonly List<long> _deadLetters = [];
    private LokiStub _loki = null!;
    private LokiClient _client = null!;

    public ForwarderOptions Options { get; } = new();

    public TimerRecorder Time { get; } = new();

    /// <summary>Answers a push, after it was counted.</summary>
    public Func<HttpContext, PushRequest, Task> Answer { get; set; } = (context, _) => Reply(context, 204);

    public ConcurrentQueue<PushRequest> Pushes { get; } = new();

    public BatchSender Sender { get; private set; } = null!;

    public StreamLedger Ledger { get; private set; } = null!;

    public LokiClient Client => _client;

    /// <summary>The offsets of the records whose lines were refused for good, in order.</summary>
    public IEnumerable<long> DeadLetters => _deadLetters.Order();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _loki = await LokiStub.StartAsync(
            (context, request) =>
            {
                Pushes.Enqueue(request);
                return Answer(context, request);
            },
            cancellationToken);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("ConnectionStrings:loki", _loki.Address.ToString())]).Build();
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        _client = new LokiClient(configuration, options, Time);
        Ledger = new StreamLedger(options, Time);
        CreateSender = () => new BatchSender(_client, Ledger, _meters.Metrics, options, Time, NullLogger<BatchSender>.Instance);
        Sender = CreateSender();
    }

    /// <summary>Delivers a batch and all that is set aside of it.</summary>
    public async Task DeliverAsync(Batch batch, CancellationToken cancellationToken)
    {
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var limited = new LimitedStreams(Ledger, options, _meters.Metrics, Time, new Random(1));
        Queue<Batch> ready = new([batch]);
        while (ready.Count > 0 || limited.Bytes > 0)
        {
            while (ready.TryDequeue(out var next))
            {
                await Sender.DeliverAsync(next, cancellationToken);
                if (next.IsLate && !limited.Return(next))
                    continue;
                limited.SetAside(next);
                foreach (var refused in next.Refused)
                    _deadLetters.Add(next.Records[next.Entries[refused.Line].Record].Offset);
            }

            limited.SendDue(ready.Enqueue);
            if (ready.Count == 0 && limited.Bytes > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(50), Time, cancellationToken);
        }
    }

    /// <summary>Makes one more sender beside <see cref="Sender"/>.</summary>
    public Func<BatchSender> CreateSender { get; private set; } = null!;

    /// <summary>A batch whose streams Loki has in memory.</summary>
    public Batch CreateKnownBatch(int lines, int streams, Func<int, string>? text = null)
    {
        var batch = CreateBatch(lines, streams, text);
        Know(batch);
        return batch;
    }

    /// <summary>Makes Loki have the streams of a batch in memory.</summary>
    public void Know(Batch batch)
    {
        foreach (ref readonly var stream in batch.Streams)
            Ledger.Find(batch.Tenant, stream.Stream).Stored(Time.GetTimestamp());
    }

    /// <summary>A batch of one record a line, whose offset and line are its number; the lines are of now, a nanosecond apart unless
    /// told.</summary>
    public Batch CreateBatch(int lines, int streams, Func<int, string>? text = null, Func<int, TimeSpan>? age = null)
    {
        var batch = new Batch(1024);
        var now = (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        var partition = TestPartition.Create();
        for (var i = 0; i < lines; i++)
        {
            var record = new TestRecord(partition, i, Encoding.UTF8.GetBytes(text?.Invoke(i) ?? i.ToString(CultureInfo.InvariantCulture)));
            batch.Add(record.Record, 0, _streams.Get("service " + (i * 7 % streams)), now + i - ((age?.Invoke(i).Ticks ?? 0) * 100),
                record.Value, default);
        }

        return batch;
    }

    public static IEnumerable<int> Lines(PushRequest request) =>
        request.Streams.SelectMany(stream => stream.Entries).Select(entry => int.Parse(entry.Line, CultureInfo.InvariantCulture));

    public static async Task Reply(HttpContext context, int status, string text = "")
    {
        context.Response.StatusCode = status;
        if (text.Length > 0)
            await context.Response.WriteAsync(text);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _meters.Dispose();
        await _loki.DisposeAsync();
    }
}
