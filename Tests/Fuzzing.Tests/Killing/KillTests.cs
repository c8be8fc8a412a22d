using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Observability.Embedded.EmbeddedKafka;
using Observability.Fuzzing.Tests.Forwarding;

namespace Observability.Fuzzing.Tests.Killing;

/// <summary>
/// SIGKILL of a Forwarder at a random moment, under each answer of the store, fault of the broker, and while partitions change hands: no
/// line is missing, none is stored twice, and nothing stands still.
/// </summary>
public sealed class KillTests
{
    private const string Topic = "test-logs";
    private const int LinesOfRound = 50;
    private const int MaxLine = 2000;
    private const int Services = 12;

    // Bytes a second: enough for a stream of one service, too little for the overflow stream of half of them.
    private const int StreamRate = 40_000;

    // Lines that are written ahead of the Forwarder: on a busy machine many more would be than the limited streams take in time.
    private const int MostAhead = 2000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a Forwarder is killed in each case: once, and once more for each 20 s that the fuzzing takes longer.</summary>
    private static int Kills => Math.Max(1, (int)(FuzzSettings.Duration.TotalSeconds / 20));

    public static TheoryData<KillFault> Faults => [.. Enum.GetValues<KillFault>()];

    [Theory(Timeout = 600_000)]
    [MemberData(nameof(Faults))]
    public async Task Nothing_is_missing_or_there_twice_or_stuck_after_a_kill(KillFault fault)
    {
        var seed = FuzzSettings.Seed;
        var words = $"FUZZ_SEED={seed}, {fault}";
        var random = new Random(seed);
        var answers = AnswersUnder(fault);
        var slow = answers.Contains(StoreAnswer.Hang) || answers.Contains(StoreAnswer.Unavailable);
        await using var run = Run.Start(
            await FaultyStore.StartAsync(LimitsUnder(fault), seed, ownOf100: answers.Length == 0 ? 100 : slow ? 85 : 60, answers),
            new Dictionary<string, int> { [Topic] = 4 },
            new() { ["Forwarder:Loki:StreamRate"] = $"{StreamRate}", ["Forwarder:Loki:StreamBurst"] = $"{StreamRate}" });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var victim = run.StartForwarder();
        if (fault == KillFault.ChangingHands)
            run.StartForwarder();
        var producing = ProduceAsync(run, stop.Token);

        for (var kill = 0; kill < Kills; kill++)
        {
            var before = run.Store.PushedLines;
            await run.UntilAsync(() => Task.FromResult(run.Store.PushedLines > before + (2 * LinesOfRound)));
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
            await using var _ = Break(run, fault);
            await Task.Delay(random.Next(200), TestContext.Current.CancellationToken);
            run.Kill(victim);
            victim = run.StartForwarder();
        }

        await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await producing;
        var judge = await run.JudgeAsync(mayRepeatLetters: true);

        words += $": {judge.Lines} lines, {judge.DeadLines} dead letters, {run.Store.StoredLines} stored, "
            + $"{run.Store.PushedLines - run.Store.StoredLines} pushed again, answers {run.Store.DrawnText}";
        TestContext.Current.TestOutputHelper?.WriteLine(words);
        Assert.True(judge.Faults.Count == 0, words + "\n" + string.Join('\n', judge.Faults));
        Assert.True(judge.Lines > 4 * LinesOfRound && judge.DeadLines > 0, words);
    }

    private static StoreAnswer[] AnswersUnder(KillFault fault) => fault switch
    {
        KillFault.LostAnswers => [StoreAnswer.Lost, StoreAnswer.LostHalfway],
        KillFault.Resets => [StoreAnswer.Reset, StoreAnswer.Halfway],
        KillFault.Hangs => [StoreAnswer.Hang, StoreAnswer.Slow],
        KillFault.ServerErrors => [StoreAnswer.ServerError, StoreAnswer.MessageTooLarge],
        KillFault.RetryAfter => [StoreAnswer.Unavailable],
        KillFault.RateLimit => [StoreAnswer.RateLimit, StoreAnswer.Blocked],
        KillFault.ForeignAnswers => [StoreAnswer.ForeignBadRequest, StoreAnswer.ForeignNotFound, StoreAnswer.ForeignPage],
        KillFault.ChangingHands => [StoreAnswer.Lost, StoreAnswer.ServerError],
        _ => [],
    };

    private static EmbeddedLokiOptions LimitsUnder(KillFault fault) => new()
    {
        // Too long ones are refused in any case.
        MaxLineSize = MaxLine,
        MaxStreams = fault == KillFault.StreamLimits ? Services / 2 : 5000,
        StreamRateBytes = fault == KillFault.StreamLimits ? StreamRate : 0,
        StreamBurstBytes = StreamRate,
    };

    private static BrokenBroker Break(Run run, KillFault fault)
    {
        switch (fault)
        {
            case KillFault.BrokerAway:
                return new BrokenBroker(run);
            case KillFault.BrokerErrors:
                run.Broker.FailNext(
                    KafkaApi.OffsetCommit, ErrorCode.RequestTimedOut, ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.Local_Transport);
                run.Broker.FailNext(KafkaApi.Produce, ErrorCode.NotEnoughReplicas, ErrorCode.Local_Transport, ErrorCode.RequestTimedOut);
                run.Broker.FailNext(
                    KafkaApi.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport, ErrorCode.UnknownTopicOrPart);
                run.Broker.FailNext(KafkaApi.ConsumerGroupHeartbeat, ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.UnknownMemberId);
                return new BrokenBroker(null);
            default:
                return new BrokenBroker(null);
        }
    }

    private static async Task ProduceAsync(Run run, CancellationToken stop)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = run.Broker.BootstrapServers,
            LingerMs = 2,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 200,
        };
        using var producer = new ProducerBuilder<Null, byte[]>(config).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        List<Task> written = [];
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture);
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"time":"{{time}}Z","level":"info","service":"s{{number % Services}}","message":"line {{number}}"}""");
            var value = Encoding.UTF8.GetBytes(number % 25 == 7 ? line.PadRight(MaxLine + 1) : line);
            written.Add(producer.ProduceAsync(new TopicPartition(Topic, number % 4), new() { Value = value }, CancellationToken.None));
            if (number % LinesOfRound > 0)
                continue;
            do
            {
                await Task.Delay(Pace, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            while (number > run.Store.PushedLines + run.Letters + MostAhead && !stop.IsCancellationRequested);
        }

        await Task.WhenAll(written);
    }
}
