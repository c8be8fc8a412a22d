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
    private LokiStub _loki = null!;
    private LokiClient _client = null!;

    public ForwarderOptions Options { get; } = new();

    public TimerRecorder Time { get; } = new();

    /// <summary>Answers a push, after it was counted.</summary>
    public Func<HttpContext, PushRequest, Task> Answer { get; set; } = (context, _) => Reply(context, 204);

    public ConcurrentQueue<PushRequest> Pushes { get; } = new();

    public FakeProducer Producer { get; private set; } = null!;

    public BatchSender Sender { get; private set; } = null!;

    public StreamLedger Ledger { get; private set; } = null!;

    public LokiClient Client => _client;

    /// <summary>The offsets of the records that became dead letters, in order.</summary>
    public IEnumerable<int> DeadLetters => Producer.Messages
        .Select(letter => int.Parse(Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Offset)),
            CultureInfo.InvariantCulture))
        .Order();

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
        (var producer, Producer) = FakeProducer.Create();
        _client = new LokiClient(configuration, options, Time);
        Ledger = new StreamLedger(options, Time);
        var deadLetters = new DeadLetterWriter(producer, _meters.Metrics, options, Time, NullLogger<DeadLetterWriter>.Instance);
        CreateSender = () =>
            new BatchSender(_client, deadLetters, Ledger, _meters.Metrics, options, Time, NullLogger<BatchSender>.Instance);
        Sender = CreateSender();
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
