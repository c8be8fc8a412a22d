using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Tests.Delivery;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>
/// One history of the real loop, flow control, senders, offsets and dead letters between a simulated consumer and a simulated store, on
/// one thread and one clock. A seed decides all: what happens between any two steps, and what goes wrong. After each step the promise is
/// looked at; when it is broken, the exception tells the history. In the manner of FoundationDB's and TigerBeetle's simulations.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private const int MaxBufferedBytes = 500_000;
    private const int MaxPendingRecords = 1000;
    private const int QuietSteps = 4000;
    private const int Trouble = 150;

    private readonly ulong _seed;
    private readonly Faults _allFaults;
    private readonly List<string> _history = [];
    private readonly FakeTimeProvider _time = new();
    private readonly TestMeters _meters;
    private readonly SimulatedStore _store;
    private readonly ForwarderOptions _options = new()
    {
        MaxBufferedBytes = MaxBufferedBytes,
        MaxPendingRecords = MaxPendingRecords,
        MaxPushesInFlight = 3,
        Batch = { MaxBytes = 1024, MaxLines = 5, MaxAge = TimeSpan.FromMilliseconds(100) },
    };

    private Faults _faults;
    private QueuedTaskScheduler _scheduler = null!;
    private PartitionAssignment _assignment = null!;
    private SimulatedConsumer _consumer = null!;
    private SimulatedDeadLetters _deadLetters = null!;
    private PipelineComposition _composition = null!;

    /// <summary>Prepares a history.</summary>
    /// <param name="seed">Decides all that happens.</param>
    /// <param name="faults">What may go wrong.</param>
    /// <param name="meters">Metrics; making them takes longer than a history.</param>
    /// <param name="isRecording">Whether to write the history down. Without it a history that fails runs once more, written down.</param>
    public Simulation(ulong seed, Faults faults, TestMeters? meters = null, bool isRecording = false)
    {
        _seed = seed;
        _faults = _allFaults = faults;
        IsRecording = isRecording;
        _meters = meters ?? new TestMeters();
        Random = new Random((int)(seed * 2_654_435_761 % int.MaxValue));
        Partitions = [.. Enumerable.Range(0, 3).Select(number => new SimulatedPartition(number))];
        _store = new SimulatedStore(this);
        Start();
    }

    private Pipeline Loop => _composition.Pipeline;

    public bool IsRecording { get; }

    public Random Random { get; }

    public SimulatedPartition[] Partitions { get; }

    /// <summary>What has happened so far.</summary>
    public IReadOnlyList<string> History => _history;

    public bool Has(Faults fault) => (_faults & fault) != 0;

    public bool Chance(int oneIn) => Random.Next(oneIn) == 0;

    public void Note(string what)
    {
        if (IsRecording)
            _history.Add(what);
    }

    /// <summary>Runs the history to its end, where all faults are over and all is done.</summary>
    /// <exception cref="SimulationException">The promise was broken.</exception>
    public void Run()
    {
        // What the simulation completes goes on at once, on this thread.
        SynchronizationContext.SetSynchronizationContext(null);
        var steps = 10 + Random.Next(60);
        for (var step = 0; step < steps; step++)
        {
            Produce();
            Disturb();
            Loop.Step();
            Check();
        }

        if (Has(Faults.HotStream | Faults.UntakenLetters))
        {
            Note("all faults are over but those of one partition");
            _faults &= Faults.HotStream | Faults.UntakenLetters;
            ProduceTrouble();
            GoOnUntilDone([.. Partitions.Where(partition => !IsInTrouble(partition))]);
        }

        Note("all faults are over");
        _faults = Faults.None;
        GoOnUntilDone(Partitions);

        // A stop in good order leaves nothing of what was read to be read again.
        Produce();
        Loop.Step();
        Stop();
        Check();
        foreach (var partition in Partitions)
        {
            if (Math.Max(0, partition.Committed) != partition.Position)
                Fail($"a stop leaves partition {partition.Number} committed at {partition.Committed}, and {partition.Position} were read");
        }
    }

    /// <summary>The world goes on for a while: tasks run, answers come, time passes, in any order.</summary>
    public void GoOn(TimeSpan atMost)
    {
        for (var i = Random.Next(4); i >= 0; i--)
        {
            switch (Random.Next(8))
            {
                case 0 or 1 or 2 when _scheduler.Waiting > 0:
                    _scheduler.Run(Random.Next(_scheduler.Waiting));
                    break;
                case 3 or 4 when _store.Waiting > 0:
                    _store.AnswerOne();
                    break;
                case 5 when _deadLetters.Waiting > 0:
                    _deadLetters.EndOne();
                    break;
                case 6:
                    _consumer.CommitStored();
                    break;
                default:
                    _time.Advance(atMost * Random.NextDouble());
                    break;
            }
        }

        _time.Advance(atMost);
    }

    /// <summary>The store shows a line.</summary>
    public void Store(string line, long time) => Find(NameOf(line)).StoredAt.Add(time);

    /// <summary>The name of the record that a line is of.</summary>
    public static string NameOf(string line) => line.Split('"') is { Length: > 1 } parts ? parts[^2] : line;

    /// <summary>The partition of a record.</summary>
    public static int PartitionOf(string name) => int.Parse(name.Split(' ', '/')[1], CultureInfo.InvariantCulture);

    /// <summary>The dead-letter topic keeps a record.</summary>
    public void Keep(string name)
    {
        Note("dead letter " + name);
        Find(name).DeadLetters++;
    }

    /// <summary>Another member reads what is not committed, stores it and commits.</summary>
    public void WorkElsewhere(SimulatedPartition partition)
    {
        var from = (int)Math.Max(0, partition.Committed <= partition.Records.Count ? partition.Committed : 0);
        var to = from + Random.Next(partition.Records.Count - from + 1);
        foreach (var record in partition.Records[from..to])
        {
            if (record.Kind == RecordKind.Good)
                record.StoredAt.Add(Shown(record));
            else
                record.DeadLetters++;
        }

        partition.Committed = to;
        Note($"another member has done {partition.Number} up to {to}");
    }

    /// <summary>Whatever is committed or to be committed must be done.</summary>
    public void CheckAcknowledged(SimulatedPartition partition, long offset)
    {
        if (partition.IsNews)
            return;

        for (var i = 0; i < Math.Min(offset, partition.Records.Count); i++)
        {
            if (!partition.Records[i].IsDone)
                Fail(
                    $"offset {offset} of partition {partition.Number} is acknowledged, and {partition.Records[i].Name} is neither stored nor a dead letter");
        }
    }

    public void Dispose() => _composition.Dispose();

    private static long Shown(SimulatedRecord record)
    {
        var milliseconds = 1_757_857_500_000 + (record.Offset / 2);
        return ReplayStableTimestamp.Refine(milliseconds * 1_000_000, 6, record.Partition, record.Offset, 0, isOfSeveral: false);
    }

    private SimulatedRecord Find(string name) => Partitions[PartitionOf(name)].ByName[name];

    private void Start()
    {
        _scheduler = new QueuedTaskScheduler();
        _assignment = new PartitionAssignment();
        _consumer = new SimulatedConsumer(this, _assignment);
        (var producer, _deadLetters) = SimulatedDeadLetters.Create(this);
        var options = Microsoft.Extensions.Options.Options.Create(_options);
        var writer = new DeadLetterWriter(producer, options, _time, NullLogger<DeadLetterWriter>.Instance);
        var ledger = new StreamLedger(options, _time);
        var (wakeUp, fatal) = (new SimulatedWakeUp(this), new FatalError());
        _composition = new PipelineComposition(
            _consumer,
            _assignment,
            () => new BatchSender(_store, ledger, _meters.Metrics, options, _time, NullLogger<BatchSender>.Instance, Random),
            new LimitedStreams(ledger, options, _meters.Metrics, _time, Random),
            new DeadLetterQueue(writer, _meters.Metrics, wakeUp, fatal, NullLogger<DeadLetterQueue>.Instance),
            new StallWatch(_consumer, _time, NullLogger<StallWatch>.Instance),
            new NoBatchEndFinder(),
            _meters.Metrics,
            options,
            _time,
            wakeUp,
            fatal,
            _scheduler,
            NullLoggerFactory.Instance);
        Loop.Start();
        if (!Has(Faults.Rebalance))
            _consumer.Assign();
    }

    private void Produce()
    {
        foreach (var partition in Partitions)
        {
            for (var i = Random.Next(4); i > 0; i--)
            {
                var kind = Random.Next(20);
                partition.Append(kind == 0 ? RecordKind.Refused : kind == 1 ? RecordKind.Empty : RecordKind.Good);
            }
        }
    }

    private void Disturb()
    {
        if (Has(Faults.Crash) && Chance(25))
        {
            Note("SIGKILL");
            Abandon();
        }
        else if (Has(Faults.Restart) && Chance(25))
        {
            Stop();
            Abandon();
        }

        if (Has(Faults.Truncation) && Chance(30))
        {
            var partition = Partitions[Random.Next(Partitions.Length)];
            Note($"partition {partition.Number} is made anew");
            partition.MakeAnew();
        }
    }

    private void Stop()
    {
        Note("stops");
        Loop.Drain();
        _consumer.Close();
    }

    private void Abandon()
    {
        _store.ForgetAll();
        _deadLetters.ForgetAll();
        foreach (var partition in Partitions)
        {
            partition.IsOwned = partition.IsNews = false;
            partition.Stored = -1;
        }

        Start();
    }

    private void Check()
    {
        foreach (var partition in Partitions)
        {
            CheckAcknowledged(partition, partition.Committed);
            foreach (var record in partition.Records)
            {
                if (record.StoredAt.Count > 1)
                    Fail($"{record.Name} is shown at {record.StoredAt.Count} times");
                if (record.IsStored && record.DeadLetters > 0)
                    Fail($"{record.Name} is stored and a dead letter");
            }

            CheckOrder(partition);
        }

        foreach (var partition in _assignment.Partitions)
        {
            if (partition.Offsets.Pending > MaxPendingRecords + 20)
                Fail($"{partition.Offsets.Pending} records of {partition.Partition} are in doubt");
        }

        if (_meters.Metrics.BufferedBytes > 3L * MaxBufferedBytes)
            Fail($"{_meters.Metrics.BufferedBytes} bytes are buffered");
        if (_meters.Metrics.SetAsideBytes > 2L * MaxBufferedBytes)
            Fail($"{_meters.Metrics.SetAsideBytes} bytes are set aside");
    }

    private void CheckOrder(SimulatedPartition partition)
    {
        var last = long.MinValue;
        foreach (var record in partition.Records)
        {
            foreach (var time in record.StoredAt)
            {
                if (time <= last)
                    Fail($"{record.Name} is shown before the record in front of it");
                last = time;
            }
        }
    }

    private void GoOnUntilDone(SimulatedPartition[] partitions)
    {
        for (var step = 0; !IsDone(partitions); step++)
        {
            if (step == QuietSteps)
                Fail("a stall: " + Describe());
            Loop.Step();
            if (Chance(10))
                _consumer.CommitStored();
            Check();
        }
    }

    // More than may be under way at once of a partition that does not move.
    private void ProduceTrouble()
    {
        foreach (var partition in Partitions)
        {
            for (var i = 0; i < (IsInTrouble(partition) ? Trouble : Trouble / 10); i++)
                partition.Append(partition.Number == SimulatedPartition.UntakenNumber && i % 4 != 0 ? RecordKind.Empty : RecordKind.Good);
        }
    }

    private bool IsInTrouble(SimulatedPartition partition) =>
        (Has(Faults.HotStream) && partition.Number == SimulatedPartition.HotNumber)
        || (Has(Faults.UntakenLetters) && partition.Number == SimulatedPartition.UntakenNumber);

    private static bool IsDone(SimulatedPartition[] partitions) => Array.TrueForAll(
        partitions, partition => partition.IsOwned && Math.Max(0, partition.Committed) == partition.Records.Count
            && partition.Records.TrueForAll(record => record.IsDone));

    private string Describe() => string.Join("; ", Partitions.Select(partition =>
        $"{partition.Number}: {partition.Committed} of {partition.Records.Count} committed, {partition.Stored} stored, position {partition.Position}, "
        + $"owned {partition.IsOwned}, paused {partition.IsPaused}"))
        + $"; {_scheduler.Waiting} tasks, {_store.Waiting} pushes, {_deadLetters.Waiting} dead letters";

    private void Fail(string what)
    {
        if (!IsRecording)
        {
            using var again = new Simulation(_seed, _allFaults, _meters, isRecording: true);
            again.Run();
        }

        throw new SimulationException(_seed, _allFaults, what, _history);
    }
}
