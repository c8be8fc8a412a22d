using System.Text;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Tests.Decoding;
using Observability.ServiceDefaults.Protos.Loki;

namespace Observability.Forwarder.Tests.Batching;

/// <summary>Random lines, as a batch and as the request that the generated types make of them.</summary>
internal sealed class BatchModel
{
    private static readonly Gen<(string Name, string Value)[]> Metadata = Gen.Select(Choice.Of("pod", "trace_id", "ключ"),
        Texts.Any).Array[0, 3];

    private static readonly Gen<long> Timestamps = Gen.OneOf(
        Gen.Long[-10_000_000_000, 10_000_000_000], Gen.Long[1_000_000_000_000_000_000, 2_000_000_000_000_000_000], Choice.Of(0L,
            1_000_000_000L, long.MaxValue, long.MinValue));

    public static readonly Gen<BatchModel> Any = Gen.Select(Gen.Int[0, 4], Timestamps, Texts.Any, Metadata).Array[1,
        60].Select(lines => new BatchModel(lines));

    private BatchModel((int Stream, long Timestamp, string Line, (string Name, string Value)[] Metadata)[] lines)
    {
        var table = TestStreams.Create("level", "service");
        var partition = TestPartition.Create();
        Batch = new Batch(64);
        foreach (var (stream, timestamp, line, metadata) in lines)
        {
            var record = new TestRecord(partition, Batch.Count, Encoding.UTF8.GetBytes(line));
            var target = table.Get("info", "service " + stream);
            Batch.Add(record.Record, 0, target, timestamp, record.Value, Encode(metadata));

            var text = Encoding.UTF8.GetString(target.Labels);
            var adapter = Request.Streams.SingleOrDefault(candidate => candidate.Labels == text);
            if (adapter is null)
                Request.Streams.Add(adapter = new StreamAdapter { Labels = text });
            adapter.Entries.Add(new EntryAdapter
            {
                Timestamp = ToTimestamp(timestamp),
                Line = line,
                StructuredMetadata = { metadata.Select(pair => new LabelPairAdapter { Name = pair.Name, Value = pair.Value }) },
            });
        }

        Batch.OrderByStream();
    }

    public Batch Batch { get; }

    public PushRequest Request { get; } = new();

    public static byte[] Encode((string Name, string Value)[] metadata)
    {
        var entry = new EntryAdapter
        {
            StructuredMetadata =
            { metadata.Select(pair => new LabelPairAdapter { Name = pair.Name, Value = pair.Value }) }
        };
        return entry.ToByteArray();
    }

    private static Timestamp ToTimestamp(long nanoseconds)
    {
        var seconds = (long)Math.Floor(nanoseconds / 1e9m);
        return new() { Seconds = seconds, Nanos = (int)(nanoseconds - ((decimal)seconds * 1_000_000_000)) };
    }
}
