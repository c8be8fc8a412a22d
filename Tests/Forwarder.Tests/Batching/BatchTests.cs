using System.Runtime.CompilerServices;
using System.Text;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Tests.Batching;

public sealed class BatchTests
{
    private readonly LogStream _stream = TestStreams.Create("service").Get("shop");
    private readonly PartitionState _partition = TestPartition.Create();
    private readonly Batch _batch = new(64);

    [Fact]
    public void A_value_of_one_line_is_kept_once_and_still_found_for_a_dead_letter()
    {
        var record = Record("one line", "key");
        _batch.Add(record.Record, 0, _stream, 1, record.Value, default);

        Assert.True(_batch.Records[0].ValueIsLine);
        Assert.Equal("one line", Encoding.UTF8.GetString(_batch.ValueOf(0)));
        Assert.Equal("key", Encoding.UTF8.GetString(_batch.KeyOf(0)!));
    }

    [Fact]
    public void A_line_that_is_a_part_or_a_copy_of_the_value_leaves_the_value_whole()
    {
        var trimmed = Record("line\r\n");
        var copied = Record("line");
        _batch.Add(trimmed.Record, 0, _stream, 1, trimmed.Value[..4], default);
        _batch.Add(copied.Record, 0, _stream, 1, "liné"u8, default);

        Assert.Equal("line\r\n", Encoding.UTF8.GetString(_batch.ValueOf(0)));
        Assert.Equal("line", Encoding.UTF8.GetString(_batch.ValueOf(1)));
    }

    [Fact]
    public void A_second_line_makes_the_value_be_kept_after_all()
    {
        var record = Record("whole value", "key");
        _batch.Add(record.Record, 0, _stream, 1, record.Value, default);
        _batch.Add(record.Record, 1, _stream, 2, "other"u8, default);

        Assert.False(_batch.Records[0].ValueIsLine);
        Assert.Equal(2, _batch.Records[0].Lines);
        Assert.Equal("whole value", Encoding.UTF8.GetString(_batch.ValueOf(0)));
        Assert.Equal("key", Encoding.UTF8.GetString(_batch.KeyOf(0)!));
        Assert.Equal([0, 1], _batch.Entries.ToArray().Select(entry => entry.Index));
    }

    [Fact]
    public void A_missing_key_is_not_an_empty_one()
    {
        var without = Record("a");
        var empty = Record("b", "");
        _batch.Add(without.Record, 0, _stream, 1, without.Value, default);
        _batch.Add(empty.Record, 0, _stream, 1, empty.Value, default);

        Assert.Null(_batch.KeyOf(0));
        Assert.Empty(_batch.KeyOf(1)!);
    }

    [Fact]
    public void A_record_is_one_outstanding_part_of_its_partition_however_many_lines_it_has()
    {
        var record = Record("value");
        _batch.Add(record.Record, 0, _stream, 1, "a"u8, default);
        _batch.Add(record.Record, 0, _stream, 2, "b"u8, default);

        _partition.Offsets.Complete(record.Record.Number);
        Assert.Equal(-1, _partition.Offsets.NextOffset);
        _partition.Offsets.Complete(_batch.Records[0].Number);
        Assert.Equal(1, _partition.Offsets.NextOffset);
    }

    [Fact]
    public void Equal_numbers_of_two_partitions_are_two_records()
    {
        var other = TestPartition.Create(partition: 1);
        var first = Record("a");
        var second = new TestRecord(other, 0, "b"u8);
        _batch.Add(first.Record, 0, _stream, 1, first.Value, default);
        _batch.Add(second.Record, 0, _stream, 1, second.Value, default);

        Assert.Equal(2, _batch.Records.Length);
    }

    [Fact]
    public void A_batch_used_again_knows_nothing_of_its_former_lines()
    {
        var (partition, former) = Fill(_batch);
        _batch.Clear();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(partition.TryGetTarget(out _), "The partition is still referenced.");
        Assert.False(former.TryGetTarget(out _), "A stream is still referenced.");
        Assert.Equal((0, 0, 0, 0), (_batch.Count, _batch.Size, _batch.Records.Length, _batch.Streams.Length));

        var record = Record("next");
        _batch.Add(record.Record, 0, _stream, 1, record.Value, default);
        Assert.Equal("next", Encoding.UTF8.GetString(_batch.ValueOf(0)));
    }

    [Fact]
    public void Lines_are_ordered_by_stream_and_within_a_stream_as_they_came()
    {
        var table = TestStreams.Create("service");
        for (var use = 0; use < 2; use++)
        {
            for (var i = 0; i < 3000; i++)
            {
                var record = new TestRecord(_partition, i, "x"u8);
                _batch.Add(record.Record, 0, table.Get("service " + ((i * 7) + use) % 11), 1000 - (i % 5), record.Value, default);
            }

            _batch.OrderByStream();

            Assert.Equal(11, _batch.Streams.Length);
            for (var stream = 0; stream < 11; stream++)
            {
                var lines = _batch.LinesOf(stream).ToArray();
                Assert.Equal(Enumerable.Range(0, 3000).Where(line => _batch.Entries[line].Stream == stream), lines);
                Assert.Equal((lines.Length, 996L), (_batch.Streams[stream].Count, _batch.Streams[stream].Oldest));
                Assert.Equal(lines.Sum(line => _batch.Entries[line].Length), _batch.Streams[stream].Bytes);
            }

            _batch.Clear();
        }
    }

    [Fact]
    public void A_line_adds_no_more_to_the_size_than_was_said_before()
    {
        var record = Record("a line");
        var said = Batch.SizeOf(_stream, record.Value.Length, 7);
        _batch.Add(record.Record, 0, _stream, 1, record.Value, "7 bytes"u8);

        Assert.Equal(said - _batch.Size, EntryEncoding.MaxSize(record.Value.Length, 7) - _batch.Entries[0].Length);
    }

    [Fact]
    public void Lines_of_another_batch_are_copied_whatever_the_room_and_the_records_they_come_from_with_them()
    {
        for (var i = 0; i < 100; i++)
        {
            var record = Record($"line {i}", $"key {i}");
            _batch.Add(record.Record, 0, _stream, i, record.Value, default);
        }

        var copy = new Batch(1, lines: 1);
        for (var i = 0; i < 100; i++)
            copy.Add(_batch, i);

        Assert.Equal(_batch.Size, copy.Size);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_batch.Bytes(_batch.Entries[i]).SequenceEqual(copy.Bytes(copy.Entries[i])));
            Assert.Equal($"line {i}", Encoding.UTF8.GetString(copy.ValueOf(i)));
            Assert.Equal($"key {i}", Encoding.UTF8.GetString(copy.KeyOf(i)!));
        }
    }

    [Fact]
    public void A_record_s_lines_are_counted_with_their_bytes()
    {
        var record = Record("value");
        _batch.Add(record.Record, 0, _stream, 1, "four"u8, default);
        _batch.Add(record.Record, 1, _stream, 1, "seven b"u8, default);

        Assert.Equal((2, 11L), (_batch.Records[0].Lines, _batch.Records[0].LineBytes));
    }

    [Fact]
    public void Streams_of_any_number_find_their_place()
    {
        var table = TestStreams.Create("service");
        var streams = Enumerable.Range(0, 300).Select(i => table.Get("service " + i)).ToList();
        foreach (var stream in streams.AsEnumerable().Reverse().Concat(streams))
            _batch.Add(Record("x").Record, 0, stream, 1, "x"u8, default);

        Assert.Equal(streams.AsEnumerable().Reverse(), _batch.Streams.ToArray().Select(stream => stream.Stream));
        Assert.All(_batch.Streams.ToArray(), stream => Assert.Equal(2, stream.Count));
    }

    [Fact]
    public void The_memory_of_a_batch_is_that_of_its_lines_records_headers_and_streams()
    {
        var batch = new Batch(1_000_000, lines: 100);
        var empty = batch.Capacity;
        Assert.Equal(empty + 5000, new Batch(1_005_000, lines: 100).Capacity);
        Assert.Equal(
            empty + (10 * (Unsafe.SizeOf<BatchEntry>() + sizeof(int) + Unsafe.SizeOf<BatchRecord>())),
            new Batch(1_000_000, lines: 110).Capacity);

        var withHeaders = Record("x", new string('k', 10));
        batch.Add(withHeaders.Record with { HeaderBytes = 700 }, 0, _stream, 1, withHeaders.Value, default);
        Assert.Equal((empty + 710, 710), (batch.Capacity, batch.KeptBytes));

        // A large value is one copy, whoever else has it.
        var large = Record(new string('v', ValueCopies.Least));
        batch.Add(large.Record, 0, _stream, 1, "x"u8, default);
        Assert.Equal((empty + 710 + ValueCopies.Least, 710 + ValueCopies.Least), (batch.Capacity, batch.KeptBytes));
        Assert.Same(batch.ValueOf(1), batch.ValueOf(1));

        var table = TestStreams.Create("service");
        for (var i = 0; i <= 64; i++)
            batch.Add(large.Record, 0, table.Get("service " + i), 1, "x"u8, default);
        Assert.Equal(empty + 710 + ValueCopies.Least + (64 * sizeof(int)), batch.Capacity);
    }

    [Fact]
    public void A_large_value_that_is_one_line_is_kept_once()
    {
        var record = Record(new string('v', ValueCopies.Least));
        _batch.Add(record.Record, 0, _stream, 1, record.Value, default);

        Assert.Equal(0, _batch.KeptBytes);
        Assert.Equal(record.Value, _batch.ValueOf(0));
    }

    [Fact]
    public void Large_values_of_two_partitions_are_two_although_their_numbers_are_equal()
    {
        var first = Record(new string('1', ValueCopies.Least));
        var second = new TestRecord(TestPartition.Create(partition: 1), 0, Encoding.UTF8.GetBytes(new string('2', ValueCopies.Least)));
        _batch.Add(first.Record, 0, _stream, 1, "x"u8, default);
        _batch.Add(second.Record, 0, _stream, 1, "x"u8, default);

        Assert.Equal((first.Value[0], second.Value[0]), (_batch.ValueOf(0)[0], _batch.ValueOf(1)[0]));
    }

    /// <summary>What is outgrown is garbage, and room that is not used is memory: a half more, and not before it is needed.</summary>
    [Fact]
    public void Room_for_lines_grows_by_a_half_when_it_is_full()
    {
        var needed = EntryEncoding.MaxSize(4, 0);
        var exact = new Batch(needed);
        var small = new Batch(needed - 1);
        var (before, beforeSmall) = (exact.Capacity, small.Capacity);

        exact.Add(Record("four").Record, 0, _stream, 1, "four"u8, default);
        small.Add(Record("four").Record, 0, _stream, 1, "four"u8, default);

        Assert.Equal(4, exact.Capacity - before);
        Assert.Equal(4 + (needed * 3 / 2) - (needed - 1), small.Capacity - beforeSmall);
    }

    [Fact]
    public void Room_for_what_is_kept_of_records_doubles_then_is_that_of_the_lines_and_then_a_quarter_more_than_needed()
    {
        var batch = new Batch(1_000_000);
        var empty = batch.Capacity;
        int Grown(int key)
        {
            var record = Record("x", new string('k', key));
            batch.Add(record.Record, 0, _stream, 1, record.Value, default);
            return batch.Capacity - empty;
        }

        Assert.Equal([10, 20, 40, 40, 80], [Grown(10), Grown(10), Grown(10), Grown(10), Grown(10)]);
        Assert.Equal(64 * 1024, Grown((64 * 1024) - 50));
        Assert.Equal(1_000_000, Grown(1));
        Assert.Equal(((64 * 1024) + 1 + 1_000_000) * 5 / 4, Grown(1_000_000));
    }

    [Fact]
    public void The_memory_kept_of_a_record_is_that_of_its_value_its_key_and_its_headers()
    {
        var record = new BatchRecord
        {
            ValueLength = 1000,
            KeyLength = 200,
            SharedValue = new byte[30],
            Headers = [new("name", new byte[5000]), new("other", null)],
        };

        Assert.Equal(Unsafe.SizeOf<BatchRecord>() + 1230 + 5009 + 200, record.Bytes);
        Assert.Equal(Unsafe.SizeOf<BatchRecord>(), default(BatchRecord).Bytes);
    }

    private static (WeakReference<PartitionState> Partition, WeakReference<LogStream> Stream) Fill(Batch batch)
    {
        var table = TestStreams.Create("service");
        var partition = TestPartition.Create("gone");
        for (var i = 0; i < 3000; i++)
        {
            var record = new TestRecord(partition, i, "former"u8, "key"u8.ToArray());
            batch.Add(record.Record, 0, table.Get(i % 2 == 0 ? "shop" : "cart"), i, record.Value, default);
        }

        return (new(partition), new(table.Get("shop")));
    }

    private TestRecord Record(string value, string? key = null) =>
        new(_partition, _partition.Offsets.Pending, Encoding.UTF8.GetBytes(value), key is null ? null : Encoding.UTF8.GetBytes(key));
}
