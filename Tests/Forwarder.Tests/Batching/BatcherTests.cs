using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Tests.Batching;

public sealed class BatcherTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<Batch> _sent = [];
    private readonly LogStream _stream = TestStreams.Create("service").Get("shop");
    private readonly PartitionState _partition = TestPartition.Create();
    private readonly BatchOptions _options = new() { MaxBytes = 10_000, MaxLines = 100, MaxAge = TimeSpan.FromMilliseconds(500) };

    [Fact]
    public void A_batch_is_handed_on_at_its_last_line()
    {
        var batcher = Create();

        Write(batcher, 99);
        Assert.Empty(_sent);
        Write(batcher, 1);

        Assert.Equal(100, Assert.Single(_sent).Count);
        Assert.Equal(0, batcher.OpenBytes);
    }

    [Fact]
    public void A_batch_is_handed_on_as_soon_as_it_is_large_enough()
    {
        var batcher = Create();

        Write(batcher, 12, new string('x', 1000));

        Assert.InRange(Assert.Single(_sent).Size, 10_000, 11_100);
        Assert.InRange(batcher.OpenBytes, 1000, 3000);
    }

    [Fact]
    public void A_batch_is_handed_on_when_its_first_line_is_old_enough()
    {
        var batcher = Create();
        Assert.Equal(Timeout.InfiniteTimeSpan, batcher.UntilNextIsOld());

        Write(batcher, 1);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Write(batcher, 1);
        Assert.Equal(TimeSpan.FromMilliseconds(100), batcher.UntilNextIsOld());
        batcher.Flush(all: false);
        Assert.Empty(_sent);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(TimeSpan.Zero, batcher.UntilNextIsOld());
        batcher.Flush(all: false);

        Assert.Equal(2, Assert.Single(_sent).Count);
        Assert.Equal(Timeout.InfiniteTimeSpan, batcher.UntilNextIsOld());
    }

    [Fact]
    public void Everything_is_handed_on_when_asked_for()
    {
        var batcher = Create();
        Write(batcher, 1);
        Write(batcher, 1, tenant: "a");
        Write(batcher, 1, tenant: "b");

        batcher.Flush(all: true);

        Assert.Equal(["", "a", "b"], _sent.Select(batch => Encoding.UTF8.GetString(batch.Tenant)).Order());
        Assert.Equal(0, batcher.OpenBytes);
    }

    [Fact]
    public void Tenants_never_share_a_batch()
    {
        var batcher = Create();
        for (var i = 0; i < 250; i++)
            Write(batcher, 1, $"line of {"abc"[i % 3]}", $"{"abc"[i % 3]}");

        batcher.Flush(all: true);

        Assert.Equal(250, _sent.Sum(batch => batch.Count));
        foreach (var batch in _sent)
        {
            foreach (var entry in batch.Entries.ToArray())
                Assert.Equal("line of " + Encoding.UTF8.GetString(batch.Tenant),
                    Encoding.UTF8.GetString(EntryReader.Line(batch.Bytes(entry))));
        }
    }

    [Fact]
    public void Many_tenants_do_not_hold_many_batches_open()
    {
        var batcher = Create();

        for (var i = 0; i < 1000; i++)
            Write(batcher, 1, tenant: "tenant-" + i);

        Assert.Equal(1000 - 256, _sent.Count);
        // The oldest ones.
        Assert.Equal("tenant-0", Encoding.UTF8.GetString(_sent[0].Tenant));
    }

    [Fact]
    public void A_tenant_too_many_closes_the_batch_that_is_open_the_longest()
    {
        var batcher = Create();
        Write(batcher, 1, tenant: "tenant-0");
        Write(batcher, 1, tenant: "oldest");
        Write(batcher, 99, tenant: "tenant-0");
        for (var i = 0; i < 255; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Write(batcher, 1, tenant: "tenant-" + i);
        }

        _sent.Clear();
        Write(batcher, 1, tenant: "one too many");

        Assert.Equal("oldest", Encoding.UTF8.GetString(Assert.Single(_sent).Tenant));
    }

    [Fact]
    public void Each_tenant_s_batch_is_handed_on_when_it_is_old_and_no_other()
    {
        var batcher = Create();
        Write(batcher, 1, tenant: "a");
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Write(batcher, 1, tenant: "b");
        Write(batcher, 1);
        Assert.Equal(TimeSpan.FromMilliseconds(300), batcher.UntilNextIsOld());

        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(TimeSpan.Zero, batcher.UntilNextIsOld());
        batcher.Flush(all: false);
        Assert.Equal(["a"], _sent.Select(batch => Encoding.UTF8.GetString(batch.Tenant)));
        Assert.Equal(TimeSpan.FromMilliseconds(200), batcher.UntilNextIsOld());

        _time.Advance(TimeSpan.FromMilliseconds(200));
        batcher.Flush(all: false);
        Assert.Equal(["", "a", "b"], _sent.Select(batch => Encoding.UTF8.GetString(batch.Tenant)).Order());
        Assert.Equal(0, batcher.OpenBytes);
    }

    [Fact]
    public void A_tenant_s_batch_starts_small()
    {
        var batcher = Create();
        Write(batcher, 1, tenant: "a");
        Write(batcher, 1);
        batcher.Flush(all: true);
        var small = _sent.Single(batch => batch.Tenant.Length > 0);
        var large = _sent.Single(batch => batch.Tenant.Length == 0);
        Assert.Equal(new Batch(8 * 1024, lines: 32).Capacity, small.Capacity);
        Assert.Equal(new Batch(10_625).Capacity, large.Capacity);
    }

    [Fact]
    public void A_batch_that_is_full_to_the_byte_is_full()
    {
        var batcher = Create();
        Write(batcher, 1);
        batcher.Flush(all: true);
        _options.MaxBytes = _sent[0].Size;
        _sent.Clear();

        Write(batcher, 1);

        Assert.Single(_sent);
    }

    [Fact]
    public void A_batch_is_closed_when_what_it_keeps_of_records_is_as_much_as_a_batch()
    {
        _options.MaxBytes = 4000;
        var batcher = Create();
        void Add(int key) => batcher.Write(
            new TestRecord(_partition, _partition.Offsets.Pending, "x"u8, new byte[key]).Record, 0, default, _stream, 1, "x"u8, default);

        Add(3998);
        Add(0);
        Assert.Empty(_sent);
        Add(0);
        Assert.Equal(2, Assert.Single(_sent).Count);
    }

    [Fact]
    public void A_large_value_is_let_go_of_when_its_batch_has_come_back()
    {
        var batcher = Create();
        var value = SendAndRecycle(batcher);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(value.TryGetTarget(out _));
        GC.KeepAlive(batcher);
    }

    [Fact]
    public void No_more_empty_batches_are_kept_than_are_wanted()
    {
        var batcher = new Batcher(_options, 1, _time, _sent.Add);
        Write(batcher, 200);
        batcher.Recycle(_sent[0]);
        batcher.Recycle(_sent[1]);

        Write(batcher, 200);

        Assert.Same(_sent[0], _sent[2]);
        Assert.NotSame(_sent[1], _sent[3]);
    }

    [Fact]
    public void Tenants_that_take_turns_fill_their_batches()
    {
        var batcher = Create();

        for (var i = 0; i < 10_000; i++)
            Write(batcher, 1, tenant: "tenant-" + (i % 17));
        batcher.Flush(all: true);

        Assert.Equal(10_000, _sent.Sum(batch => batch.Count));
        Assert.InRange(_sent.Count, 1, 17 * 10);
    }

    [Fact]
    public void Open_batches_of_many_tenants_hold_no_more_than_a_few_full_ones()
    {
        _options.MaxBytes = 100_000;
        _options.MaxLines = 100_000;
        var batcher = Create();

        for (var i = 0; i < 10_000; i++)
        {
            Write(batcher, 1, new string('x', 500), "tenant-" + (i % 200));
            Assert.InRange(batcher.OpenBytes, 0, 8 * 100_000);
        }
    }

    [Fact]
    public void Of_a_replayed_record_only_the_wanted_lines_are_taken()
    {
        var batcher = Create();
        var record = new TestRecord(_partition, 0, "value"u8, wanted: LineSet.Parse("1,3-4"));
        for (var i = 0; i < 7; i++)
            batcher.Write(record.Record, i, default, _stream, 1, Encoding.UTF8.GetBytes($"{i}"), default);
        batcher.Flush(all: true);

        Assert.Equal([1, 3, 4], _sent.Single().Entries.ToArray().Select(entry => entry.Index));
    }

    /// <summary>A record larger than a batch is copied once, whatever the number of batches that its lines fill.</summary>
    [Fact]
    public void A_record_larger_than_a_batch_makes_full_batches_that_share_one_copy()
    {
        _options.MaxBytes = 100_000;
        _options.MaxLines = 100_000;
        var batcher = Create();
        var record = new TestRecord(_partition, 0, new byte[1_000_000]);
        for (var i = 0; i < 4000; i++)
            batcher.Write(record.Record, i, default, _stream, 1, new byte[250], default);
        batcher.Flush(all: true);

        Assert.InRange(_sent.Count, 10, 14);
        Assert.Single(_sent.Select(batch => batch.ValueOf(0)).Distinct());
        Assert.Equal(1_000_000, _sent.Sum(batch => batch.KeptBytes));
        Assert.Equal(4000, _sent.Sum(batch => batch.Count));

        // What a large record keeps is in the batch with it alone.
        var next = new TestRecord(_partition, 1, new byte[300_000]);
        batcher.Write(next.Record, 0, default, _stream, 1, "line"u8, default);
        batcher.Write(new TestRecord(_partition, 2, "x"u8).Record, 0, default, _stream, 1, "line"u8, default);
        Assert.Equal(1, _sent[^1].Count);
    }

    [Fact]
    public void A_push_of_several_lines_stays_below_four_mebibytes()
    {
        _options.MaxBytes = 4_000_000;
        var batcher = Create();
        var line = new string('x', 1_500_000);

        Write(batcher, 2, line);
        Write(batcher, 2, line);
        batcher.Flush(all: true);

        Assert.Equal([2, 2], _sent.Select(batch => batch.Count));
        Assert.All(_sent, batch => Assert.InRange(batch.Size, 3_000_000, 4 * 1024 * 1024));
    }

    [Fact]
    public void A_line_too_large_for_any_push_goes_alone()
    {
        var batcher = Create();

        Write(batcher, 1);
        Write(batcher, 1, new string('x', 5_000_000));
        Write(batcher, 1);
        batcher.Flush(all: true);

        Assert.Equal([1, 1, 1], _sent.Select(batch => batch.Count));
    }

    [Fact]
    public void A_batch_that_came_back_is_used_again_unless_it_has_grown_huge()
    {
        var batcher = Create();
        Write(batcher, 100);
        var first = _sent.Single();
        batcher.Recycle(first);
        Write(batcher, 100);
        Assert.Same(first, _sent[1]);

        Write(batcher, 1, new string('x', 2_000_000));
        var huge = _sent[2];
        batcher.Recycle(huge);
        Write(batcher, 100);

        Assert.NotSame(huge, _sent[3]);
    }

    /// <summary>Reading a record of millions of lines waits for deliveries in between, which hands batches back.</summary>
    [Fact]
    public void A_batch_that_comes_back_while_its_large_record_is_taken_apart_makes_no_second_copy()
    {
        _options.MaxLines = 10;
        var batcher = Create();
        var record = new TestRecord(_partition, 0, new byte[ValueCopies.Least]);
        for (var i = 0; i < 20; i++)
            batcher.Write(record.Record, i, default, _stream, 1, "line"u8, default);
        var first = _sent[0].ValueOf(0);

        batcher.Recycle(_sent[0]);
        for (var i = 20; i < 30; i++)
            batcher.Write(record.Record, i, default, _stream, 1, "line"u8, default);

        Assert.Equal(3, _sent.Count);
        Assert.Same(first, _sent[1].ValueOf(0));
        Assert.Same(first, _sent[2].ValueOf(0));
    }

    private Batcher Create() => new(_options, 4, _time, _sent.Add);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference<byte[]> SendAndRecycle(Batcher batcher)
    {
        var record = new TestRecord(_partition, 0, new byte[ValueCopies.Least]);
        batcher.Write(record.Record, 0, default, _stream, 1, "line"u8, default);
        batcher.Flush(all: true);
        var value = new WeakReference<byte[]>(_sent[0].ValueOf(0));
        batcher.Recycle(_sent[0]);
        _sent.Clear();
        return value;
    }

    private void Write(Batcher batcher, int lines, string line = "line", string tenant = "")
    {
        for (var i = 0; i < lines; i++)
        {
            var record = new TestRecord(_partition, _partition.Offsets.Pending, Encoding.UTF8.GetBytes(line));
            batcher.Write(record.Record, 0, Encoding.UTF8.GetBytes(tenant), _stream, 1, record.Value, default);
        }
    }
}
