using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Tracing;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class LimitedStreamsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TestMeters _meters = new();
    private readonly IOptions<ForwarderOptions> _options = Options.Create(new ForwarderOptions());
    private readonly StreamTable _streams = TestStreams.Create("service");
    private readonly PartitionState _hot = TestPartition.Create(partition: 0);
    private readonly PartitionState _quiet = TestPartition.Create(partition: 1);
    private readonly List<Batch> _sent = [];
    private readonly StreamLedger _ledger;
    private readonly LimitedStreams _limited;

    public LimitedStreamsTests()
    {
        _ledger = new StreamLedger(_options, _time);
        _limited = new LimitedStreams(_ledger, _options, _meters.Metrics, _time, new Random(1));
    }

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void Lines_that_are_set_aside_are_copied_with_all_that_a_dead_letter_of_them_needs()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        _limited.SetAside(batch);
        var (lines, value) = (Texts(batch, "hot"), batch.ValueOf(batch.Entries[batch.Late[0].Lines.Span[0]].Record));
        batch.Clear();

        var late = Due();

        Assert.Equal(lines, Texts(late, "hot"));
        Assert.Equal([0, 1, 2], late.Late.SelectMany(piece => piece.Lines.ToArray()));
        Assert.Equal(value, late.ValueOf(0));
        Assert.Equal("key", System.Text.Encoding.UTF8.GetString(late.KeyOf(0)!));
        Assert.Equal(3, late.Records.ToArray().Sum(record => record.Lines));
    }

    [Fact]
    public void A_record_is_not_done_before_the_lines_that_are_set_aside_of_it()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        _limited.SetAside(batch);
        Complete(batch);
        Assert.Equal((3L, 0L), (_hot.Offsets.Pending, _quiet.Offsets.Pending));

        var late = Due();
        late.Late.Clear();
        Assert.True(_limited.Return(late));
        Complete(late);

        Assert.Equal(3, _hot.Offsets.NextOffset);
    }

    [Fact]
    public void What_is_set_aside_counts_for_its_own_partition_until_it_is_done()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        _limited.SetAside(batch);

        Assert.InRange(_hot.SetAsideBytes, 3 * 40, 3 * 400);
        Assert.Equal(0, _quiet.SetAsideBytes);
        Assert.InRange(_limited.Bytes, _hot.SetAsideBytes, 10_000);
        Assert.Equal(1, _meters.Metrics.LimitedStreams);

        var late = Due();
        late.Late.Clear();
        _limited.Return(late);

        Assert.Equal((0L, 0L), (_hot.SetAsideBytes, _limited.Bytes));
        Assert.Equal(0, _meters.Metrics.LimitedStreams);
    }

    /// <summary>A million lines without a byte are a million entries all the same.</summary>
    [Fact]
    public void Lines_without_a_byte_count_as_well()
    {
        var batch = new Batch(1024);
        var record = new TestRecord(_hot, 0, "value"u8);
        for (var i = 0; i < 1000; i++)
            batch.Add(record.Record, i, _streams.Get("hot"), i, default, default);
        LeaveOver(batch, "hot", TimeSpan.Zero);
        _limited.SetAside(batch);

        Assert.InRange(_hot.SetAsideBytes, 1000 * 32, 1000 * 100);
    }

    [Fact]
    public void A_stream_waits_as_long_as_its_limit_needs_and_has_one_batch_under_way()
    {
        for (var i = 0; i < 2; i++)
        {
            var batch = Batch();
            LeaveOver(batch, "hot", TimeSpan.FromSeconds(3));
            _limited.SetAside(batch);
        }

        Send();
        _time.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Send();
        Assert.Empty(_sent);
        _time.Advance(TimeSpan.FromTicks(1));
        Send();
        Send();
        var first = Assert.Single(_sent);

        first.Late.Clear();
        Assert.True(_limited.Return(first));
        Send();
        Assert.Equal(2, _sent.Count);
    }

    [Fact]
    public void What_comes_back_unstored_is_sent_again_after_a_pause_that_grows_until_some_of_it_passes()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        _limited.SetAside(batch);
        List<TimeSpan> pauses = [];
        for (var i = 0; i < 12; i++)
        {
            pauses.Add(UntilSent());
            Assert.False(_limited.Return(_sent[^1]));
        }

        Assert.InRange(pauses[^1], _options.Value.Loki.MaxBackoff / 2, _options.Value.Loki.MaxBackoff);
        UntilSent();
        _sent[^1].Late[0] = _sent[^1].Late[0] with { Lines = _sent[^1].Late[0].Lines[1..] };
        _limited.Return(_sent[^1]);

        Assert.InRange(UntilSent(), TimeSpan.Zero, _options.Value.Loki.MinBackoff + TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void Further_lines_of_the_stream_wait_behind_the_first_and_other_streams_do_not()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        _limited.SetAside(batch);
        Assert.True(_ledger.Find([], _streams.Get("hot")).IsLimited);
        Assert.False(_ledger.Find([], _streams.Get("quiet")).IsLimited);

        var late = Due();
        late.Late.Clear();
        _limited.Return(late);

        Assert.False(_ledger.Find([], _streams.Get("hot")).IsLimited);
    }

    [Fact]
    public void Any_line_of_a_batch_that_has_passed_is_progress()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        var lines = batch.Late[0].Lines;
        batch.Late[0] = batch.Late[0] with { Lines = lines[..1] };
        batch.Late.Add(batch.Late[0] with { Lines = lines[1..] });
        _limited.SetAside(batch);
        for (var i = 0; i < 12; i++)
        {
            UntilSent();
            _limited.Return(_sent[^1]);
        }

        UntilSent();
        _sent[^1].Late.RemoveAt(0);
        _limited.Return(_sent[^1]);

        Assert.InRange(UntilSent(), TimeSpan.Zero, _options.Value.Loki.MinBackoff + TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void Lines_for_the_overflow_stream_wait_for_it_and_not_for_their_own()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        batch.Late[0] = batch.Late[0] with { Stream = PushPiece.Overflow };

        _limited.SetAside(batch);

        Assert.True(_ledger.Find([], _streams.Get("hot").Overflow!).IsLimited);
        Assert.False(_ledger.Find([], _streams.Get("hot")).IsLimited);
        Assert.Equal(PushPiece.Overflow, Assert.Single(Due().Late).Stream);
    }

    [Fact]
    public void Lines_for_a_stream_of_their_own_are_for_the_only_one_of_their_new_batch()
    {
        var batch = Batch();
        LeaveOver(batch, "quiet", TimeSpan.Zero);
        Assert.Equal(1, batch.Late[0].Stream);

        _limited.SetAside(batch);

        Assert.Equal(0, Assert.Single(Due().Late).Stream);
    }

    /// <summary>What holds up a partition is bounded by its bytes, so each byte counts.</summary>
    [Fact]
    public void Each_byte_of_the_lines_and_of_their_records_counts_for_the_partition()
    {
        var before = SetAside(value: 1, line: 1);

        Assert.Equal(5000, SetAside(value: 5001, line: 1) - before);
        Assert.InRange(SetAside(value: 1, line: 5001) - before, 5000, 5010);
        Assert.InRange(before, 60, 1000);

        long SetAside(int value, int line)
        {
            var partition = TestPartition.Create();
            var batch = new Batch(1024);
            batch.Add(new TestRecord(partition, 0, new byte[value]).Record, 0, _streams.Get("hot"), 1, new byte[line], default);
            LeaveOver(batch, "hot", TimeSpan.Zero);
            _limited.SetAside(batch);
            return partition.SetAsideBytes;
        }
    }

    [Fact]
    public void The_span_of_a_wait_for_other_lines_does_not_go_on_while_lines_are_set_aside()
    {
        using var trace = new TraceRecorder();
        var record = new RecordTracing(new ForwarderOptions(), _time).Begin(trace.Headers(), new("test-logs", 0, 0), 1)!;
        var batch = new Batch(1024);
        batch.Add(new TestRecord(_hot, 0, "x"u8).Record with { Trace = record }, 0, _streams.Get("hot"), 1, "x"u8, default);
        batch.Traces.Close(batch);
        LeaveOver(batch, "hot", TimeSpan.Zero);

        _limited.SetAside(batch);

        Assert.Equal(["batch", "batch"], trace.Spans.Select(span => span.OperationName));
    }

    [Fact]
    public void What_is_of_revoked_partitions_alone_is_forgotten()
    {
        var batch = Batch();
        LeaveOver(batch, "hot", TimeSpan.Zero);
        _limited.SetAside(batch);

        _hot.IsRevoked = true;
        _time.Advance(TimeSpan.FromMinutes(1));
        Send();

        Assert.Empty(_sent);
        Assert.Equal(0, _limited.Bytes);
        Assert.False(_ledger.Find([], _streams.Get("hot")).IsLimited);
    }

    // Three lines of the hot stream in one partition, three of the quiet one in another, by turns.
    private Batch Batch()
    {
        var batch = new Batch(1024);
        for (var i = 0; i < 6; i++)
        {
            var partition = i % 2 == 0 ? _hot : _quiet;
            var record = new TestRecord(partition, i / 2, System.Text.Encoding.UTF8.GetBytes($"the value of {i}"), "key"u8.ToArray());
            batch.Add(record.Record, 0, _streams.Get(i % 2 == 0 ? "hot" : "quiet"), i, record.Value[4..], "\x1a\x00"u8);
            partition.Offsets.Complete(record.Record.Number);
        }

        return batch;
    }

    // What a sender does that is refused.
    private static void LeaveOver(Batch batch, string service, TimeSpan wait)
    {
        batch.OrderByStream();
        for (var stream = 0; stream < batch.Streams.Length; stream++)
        {
            if (LabelsOf(batch, stream).Contains(service, StringComparison.Ordinal))
                batch.Late.Add(new PushPiece(batch.LinesOf(stream), stream, Wait: wait));
        }
    }

    private static string LabelsOf(Batch batch, int stream) => System.Text.Encoding.UTF8.GetString(batch.Streams[stream].Stream.Labels);

    private static List<string> Texts(Batch batch, string service) => [.. batch.Entries.ToArray()
        .Where(entry => LabelsOf(batch, entry.Stream).Contains(service, StringComparison.Ordinal))
        .Select(entry => $"{entry.Timestamp} {entry.Index} {Convert.ToHexString(batch.Bytes(entry))}")];

    private static void Complete(Batch batch)
    {
        foreach (ref readonly var record in batch.Records)
            record.Partition.Offsets.Complete(record.Number);
    }

    private void Send() => _limited.SendDue(_sent.Add);

    private Batch Due()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Send();
        return _sent[^1];
    }

    private TimeSpan UntilSent()
    {
        var (start, count) = (_time.GetUtcNow(), _sent.Count);
        for (Send(); _sent.Count == count; Send())
            _time.Advance(TimeSpan.FromMilliseconds(10));
        return _time.GetUtcNow() - start;
    }
}
