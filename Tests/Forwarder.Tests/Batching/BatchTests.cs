using System.Text;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Streams;

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
        var table = TestStreams.Create("service");
        var weak = Fill(_batch, table);
        _batch.Clear();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(weak.TryGetTarget(out _), "The partition is still referenced.");
        Assert.Equal((0, 0, 0, 0), (_batch.Count, _batch.Size, _batch.Records.Length, _batch.Streams.Length));

        var stream = table.Get("shop");
        var record = Record("next");
        _batch.Add(record.Record, 0, stream, 1, record.Value, default);
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

    private static WeakReference<PartitionState> Fill(Batch batch, StreamTable table)
    {
        var partition = TestPartition.Create("gone");
        for (var i = 0; i < 3000; i++)
        {
            var record = new TestRecord(partition, i, "former"u8, "key"u8.ToArray());
            batch.Add(record.Record, 0, table.Get(i % 2 == 0 ? "shop" : "cart"), i, record.Value, default);
        }

        return new(partition);
    }

    private TestRecord Record(string value, string? key = null) =>
        new(_partition, _partition.Offsets.Pending, Encoding.UTF8.GetBytes(value), key is null ? null : Encoding.UTF8.GetBytes(key));
}
