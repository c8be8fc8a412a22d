using System.Runtime.CompilerServices;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Kafka;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class DeadLetterQueueTests : IDisposable
{
    private readonly TimerRecorder _time = new();
    private readonly TestMeters _meters = new();
    private readonly MetricRecorder _measured;
    private readonly LogRecorder<DeadLetterQueue> _log = new();
    private readonly WakeUp _wakeUp = new();
    private readonly FatalError _fatal = new();
    private readonly LogStream _stream = TestStreams.Create("service").Get("shop");
    private readonly PartitionState _partition = TestPartition.Create("shop", 3);
    private readonly FakeProducer _topic;
    private readonly DeadLetterQueue _queue;

    public DeadLetterQueueTests()
    {
        _measured = new MetricRecorder(_meters);
        (var producer, _topic) = FakeProducer.Create();
        _queue = new DeadLetterQueue(
            new DeadLetterWriter(producer, Options.Create(new ForwarderOptions()), _time, NullLogger<DeadLetterWriter>.Instance),
            _meters.Metrics,
            _wakeUp,
            _fatal,
            _log);
    }

    public void Dispose()
    {
        _measured.Dispose();
        _meters.Dispose();
        _wakeUp.Dispose();
    }

    [Fact]
    public void The_refused_lines_of_a_record_in_several_batches_make_one_letter_in_the_order_of_the_record()
    {
        var record = new TestRecord(_partition, 7, "the whole record"u8);
        var batches = Enumerable.Range(0, 3).Select(batch => Fill(record, batch * 10, 10)).ToList();
        _partition.Offsets.Complete(record.Record.Number);

        foreach (var batch in batches.AsEnumerable().Reverse())
        {
            Refuse(batch, 2, 5);
            TakeBack(batch);
            if (batch != batches[0])
                Assert.Empty(_topic.Messages);
        }

        var letter = Assert.Single(_topic.Messages).Message;
        Assert.Equal("2,5,12,15,22,25", Header(letter, DeadLetterHeaders.Lines));
        Assert.Equal("words of line 2", Header(letter, DeadLetterHeaders.Message));
        Assert.Equal("the whole record", Encoding.UTF8.GetString(letter.Value));
        Work();
        Assert.Equal((8L, 0L, 0L), (_partition.Offsets.NextOffset, _partition.Offsets.Pending, _partition.SetAsideBytes));
    }

    [Fact]
    public void A_record_that_is_still_being_read_makes_no_letter_yet()
    {
        var record = new TestRecord(_partition, 7, "the whole record"u8);
        var batch = Fill(record, 0, 10);
        Refuse(batch, 1);
        TakeBack(batch);
        Assert.Empty(_topic.Messages);

        _partition.Offsets.Complete(record.Record.Number);
        Work();

        Assert.Single(_topic.Messages);
    }

    [Fact]
    public void A_letter_that_is_not_taken_holds_its_own_record_and_counts_for_its_own_partition()
    {
        _topic.Errors.Enqueue(new Error(ErrorCode.NotEnoughReplicas));
        var other = TestPartition.Create("shop", 4);
        var (bad, good) = (new TestRecord(_partition, 7, new byte[5000]), new TestRecord(other, 1, "good"u8));
        var batch = Fill(bad, 0, 1);
        batch.Add(good.Record, 0, _stream, 1, "good"u8, default);
        _partition.Offsets.Complete(bad.Record.Number);
        other.Offsets.Complete(good.Record.Number);
        Refuse(batch, 0);

        TakeBack(batch);
        Work();

        Assert.Equal((-1L, 2L), (_partition.Offsets.NextOffset, other.Offsets.NextOffset));
        Assert.InRange(_partition.SetAsideBytes, 5000, 10_000);
        Assert.Equal(0, other.SetAsideBytes);
    }

    [Fact]
    public async Task A_letter_of_a_revoked_partition_is_left_to_whoever_has_it_then()
    {
        _topic.Errors.Enqueue(new Error(ErrorCode.NotEnoughReplicas));
        var (written, open) = (new TestRecord(_partition, 7, "x"u8), new TestRecord(_partition, 8, "y"u8));
        var batches = new[] { Fill(written, 0, 1), Fill(open, 0, 1) };
        _partition.Offsets.Complete(written.Record.Number);
        foreach (var batch in batches)
        {
            Refuse(batch, 0);
            TakeBack(batch);
        }

        _partition.IsRevoked = true;
        Work();
        _time.Advance(await _time.NextTimerAsync(TestContext.Current.CancellationToken));
        Work();

        Assert.Empty(_topic.Messages);
    }

    /// <summary>The memory of a letter under way is bounded, and no line is left out for that.</summary>
    [Fact]
    public void A_record_of_hundreds_of_thousands_of_refused_lines_makes_a_few_letters_that_name_all_of_them()
    {
        const int Lines = 250_000;
        var record = new TestRecord(_partition, 7, new byte[2_000_000]);
        for (var first = 0; first < Lines; first += 10_000)
        {
            var batch = Fill(record, first, 10_000);
            Refuse(batch, [.. Enumerable.Range(0, 10_000)]);
            TakeBack(batch);
            Assert.InRange(_partition.SetAsideBytes, 0, 32_000_000);
        }

        _partition.Offsets.Complete(record.Record.Number);
        Work();
        Work();

        Assert.Equal(
            ["0-99999", "100000-199999", "200000-249999"],
            _topic.Messages.Select(letter => Header(letter.Message, DeadLetterHeaders.Lines)));
        Assert.Equal(8, _partition.Offsets.NextOffset);
    }

    [Fact]
    public void A_producer_that_is_beyond_help_ends_the_forwarder()
    {
        _topic.Errors.Enqueue(new Error(ErrorCode.Local_Fatal, "out of order", isFatal: true));
        var batch = Fill(new TestRecord(_partition, 7, "x"u8), 0, 1);
        _partition.Offsets.Complete(0);
        Refuse(batch, 0);

        TakeBack(batch);

        Assert.Throws<InvalidOperationException>(_fatal.ThrowIfReported);
    }

    [Fact]
    public void Refused_lines_are_counted_by_reason_and_told_once_a_batch()
    {
        var (first, second) = (new TestRecord(_partition, 7, "x"u8), new TestRecord(_partition, 8, "y"u8));
        var batch = Fill(first, 0, 3);
        batch.Add(second.Record, 0, _stream, 1, "y"u8, default);
        Refuse(batch, 0, 1, 3);
        batch.Refused[1] = batch.Refused[1] with { Reason = "line_too_long" };

        TakeBack(batch);

        Assert.Equal([("other", 2), ("line_too_long", 1)], _measured.Of("forwarder_rejected_lines"));
        Assert.Equal(
            [("shop line_too_long", 1), ("shop other", 1), ("shop other", 1)], _measured.Of("forwarder_dead_lettered_lines").Order());
        Assert.Equal("3 lines of 2 records became dead letters (other, line_too_long): words of line 0", Assert.Single(_log.Lines).Text);
    }

    [Fact]
    public void A_record_without_lines_is_counted_and_completed_once_its_letter_is_written()
    {
        var record = new TestRecord(_partition, 7, "x"u8);
        _queue.Add(record.Record, "empty", "words", TestContext.Current.CancellationToken);
        Assert.Equal(1, _partition.Offsets.Pending);

        Work();

        Assert.Single(_topic.Messages);
        Assert.Equal([("shop empty", 1)], _measured.Of("forwarder_dead_lettered_lines"));
        Assert.Equal((8L, 0L, 0L), (_partition.Offsets.NextOffset, _partition.Offsets.Pending, _partition.SetAsideBytes));
    }

    /// <summary>Otherwise its record would wait for whatever comes next, or for ever.</summary>
    [Fact]
    public void A_letter_that_is_written_ends_the_wait_for_it()
    {
        _wakeUp.Wait(TimeSpan.Zero);

        _queue.Add(new TestRecord(_partition, 7, "x"u8).Record, "empty", "words", TestContext.Current.CancellationToken);

        var start = TimeProvider.System.GetTimestamp();
        _wakeUp.Wait(TimeSpan.FromSeconds(20));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Nothing_is_kept_of_a_partition_that_was_revoked_before_its_letters_were_closed()
    {
        var partition = OpenAndRevoke();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(partition.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference OpenAndRevoke()
    {
        var partition = TestPartition.Create("shop", 9);
        var batch = Fill(new TestRecord(partition, 7, "x"u8), 0, 1);
        Refuse(batch, 0);
        TakeBack(batch);
        partition.IsRevoked = true;
        Work();
        return new WeakReference(partition);
    }

    private Batch Fill(TestRecord record, int first, int count)
    {
        var batch = new Batch(1024);
        for (var i = first; i < first + count; i++)
            batch.Add(record.Record, i, _stream, i, default, default);
        return batch;
    }

    private static void Refuse(Batch batch, params IEnumerable<int> lines)
    {
        foreach (var line in lines)
            batch.Refused.Add(new(line, "other", $"words of line {batch.Entries[line].Index}"));
    }

    private void TakeBack(Batch batch)
    {
        _queue.Add(batch);
        foreach (ref readonly var record in batch.Records)
            record.Partition.Offsets.Complete(record.Number);
        Work();
    }

    private void Work() => _queue.Work(TestContext.Current.CancellationToken);

    private static string Header(Message<byte[], byte[]> letter, string name) => Encoding.UTF8.GetString(letter.Headers.GetLastBytes(name));
}
