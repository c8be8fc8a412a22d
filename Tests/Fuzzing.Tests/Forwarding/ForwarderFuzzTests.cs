using System.Diagnostics;
using Confluent.Kafka;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>
/// Mutated records of every format, compressed in every way, through the real Forwarder into a store whose answers are drawn at random:
/// each line is stored or a dead letter, never both; nothing stands still, nothing ends, and memory is bounded.
/// </summary>
public sealed class ForwarderFuzzTests
{
    private const int RecordsOfRound = 300;
    private const int BytesOfRound = 400_000;
    private const int MostUncommitted = 1200;

    // It idles at some 110 MB here, and small settings bound what it buffers.
    private const long MostMemory = 512L * 1024 * 1024;

    private static readonly TimeSpan LongestEpisode = TimeSpan.FromMinutes(1);

    private static readonly CompressionType[] Codecs =
        [CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    private static readonly EmbeddedLokiOptions Limits = new()
    {
        MaxLineSize = 16 * 1024,
        MaxStructuredMetadataSize = 4 * 1024,
        MaxStructuredMetadataEntries = 24,
        MaxLabelValueLength = 200,
        MaxStreams = 400,
        MaxDecompressedBytes = 200_000,
        StreamRateBytes = 300_000,
        StreamBurstBytes = 600_000,
        IngestionRateBytes = 4_000_000,
        IngestionBurstBytes = 1_000_000,
    };

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Forwarder:MaxRecordBytes"] = $"{RecordSource.MaxRecordBytes}",
        ["Forwarder:MaxTimeBehind"] = "8.00:00:00",
        ["Forwarder:MaxTimeAhead"] = "01:00:00",
        ["Forwarder:Batch:MaxBytes"] = "100000",
        ["Forwarder:MaxBufferedBytes"] = "2000000",
        ["Forwarder:MaxPendingRecords"] = "5000",
        ["Forwarder:MaxStreams"] = "100000",
        ["Forwarder:Loki:StreamRate"] = $"{Limits.StreamRateBytes}",
        ["Forwarder:Loki:StreamBurst"] = $"{Limits.StreamBurstBytes}",
    };

    // Those that take long are rarer.
    private static readonly StoreAnswer[] Answers =
    [
        .. Enum.GetValues<StoreAnswer>()
            .Where(answer => answer is not (StoreAnswer.Own or StoreAnswer.Hang or StoreAnswer.Unavailable))
            .SelectMany(answer => Enumerable.Repeat(answer, 4)),
        StoreAnswer.Hang, StoreAnswer.Unavailable, StoreAnswer.Unavailable,
    ];

    [Fact]
    public async Task Every_line_is_stored_or_a_dead_letter_whatever_records_hold_and_the_store_answers()
    {
        var (seed, duration) = (FuzzSettings.Seed, FuzzSettings.Duration);
        var clock = Stopwatch.StartNew();
        // The store is in memory and the judge remembers everything: a long run is many of a minute.
        for (var episode = 0; episode == 0 || clock.Elapsed < duration; episode++)
        {
            var left = duration - clock.Elapsed;
            await RunAsync(seed + episode, left < LongestEpisode ? left : LongestEpisode);
        }
    }

    private static async Task RunAsync(int seed, TimeSpan duration)
    {
        var words = $"FUZZ_SEED={seed}";
        await using var run = Run.Start(
            await FaultyStore.StartAsync(Limits, seed, ownOf100: 60, Answers),
            RecordSource.Topics.ToDictionary(topic => topic.Key, topic => topic.Value.Partitions),
            new(Settings.Concat(RecordSource.Topics.Where(topic => topic.Value.Format is not null)
                .Select(topic => KeyValuePair.Create($"Forwarder:Formats:{topic.Key}", topic.Value.Format)))));
        run.StartForwarder();
        var producers = Codecs.Select(codec => new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = run.Broker.BootstrapServers,
            CompressionType = codec,
            LingerMs = 2,
            MessageMaxBytes = 5_000_000,
        }).Build()).ToList();
        try
        {
            var random = new Random(seed);
            var source = new RecordSource(random);
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < duration)
            {
                await ProduceAsync(producers[random.Next(producers.Count)], source);
                await run.UntilAsync(async () => await run.CountUncommittedAsync() < MostUncommitted);
            }

            var judge = await run.JudgeAsync(mayRepeatLetters: false);
            words += $": {judge.Lines} lines, {judge.DeadLines} of them and {judge.DeadRecords} records dead letters, "
                + $"{run.Store.StoredLines} stored, peak memory {run.PeakBytes / 1_000_000} MB, answers {run.Store.DrawnText}";
            TestContext.Current.TestOutputHelper?.WriteLine(words);
            Assert.True(judge.Faults.Count == 0, words + "\n" + string.Join('\n', judge.Faults));
            Assert.True(run.Trouble is null, words + "\n" + run.Trouble);
            Assert.True(run.PeakBytes < MostMemory, words);
            // Else it did not see what it was made for.
            Assert.True(judge.DeadLines > 0 && judge.DeadRecords > 0 && run.Store.StoredLines > 0, words);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
        {
            throw new InvalidOperationException(words, exception);
        }
        finally
        {
            producers.ForEach(producer => producer.Dispose());
        }
    }

    private static async Task ProduceAsync(IProducer<byte[], byte[]> producer, RecordSource source)
    {
        List<Task> written = [];
        var bytes = 0;
        for (var i = 0; i < RecordsOfRound && bytes < BytesOfRound; i++)
        {
            var (partition, message) = source.Next();
            bytes += message.Value?.Length ?? 0;
            written.Add(producer.ProduceAsync(partition, message, TestContext.Current.CancellationToken));
        }

        await Task.WhenAll(written);
    }
}
