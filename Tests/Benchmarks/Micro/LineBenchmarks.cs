using System.Runtime.InteropServices;
using System.Text;
using BenchmarkDotNet.Attributes;
using Confluent.Kafka;
using Observability.Benchmarks.Throughput;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Snappier;

namespace Observability.Benchmarks.Micro;

/// <summary>What a 200-byte JSON line costs on its way, step by step. Every figure is a line's, each step on top of those before it but for
/// the last two.</summary>
[InProcess]
[MemoryDiagnoser]
[ShortRunJob]
public unsafe class LineBenchmarks
{
    private const int Lines = 4000;

    private readonly RecordDecoder _decoder = new();
    private readonly NothingSink _nothing = new();
    private readonly PushEncoder _encoder = new();
    private byte*[] _values = [];
    private PartitionState _partition = null!;
    private LineBuilder _toNowhere = null!;
    private LineBuilder _toBatches = null!;
    private Batcher _batcher = null!;
    private Batch _batch = null!;
    private byte[] _message = [];
    private byte[] _compressed = [];

    /// <summary>Makes lines in native memory, where librdkafka would have them, and a batch of them.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var options = new ForwarderOptions();
        var schema = new LabelSchema(options);
        var streams = new StreamTable(schema.Labels, options.MaxStreams, TimeProvider.System);
        _toNowhere = new LineBuilder(schema, streams, new NothingWriter());
        _batcher = new Batcher(options.Batch, 4, TimeProvider.System, batch => _batcher.Recycle(batch));
        _toBatches = new LineBuilder(schema, streams, _batcher);
        _partition = new PartitionState(new TopicPartition("test-logs", 0), RecordFormat.Auto, new TopicCounters("test-logs"));
        _values = new byte*[Lines];
        for (var i = 0; i < Lines; i++)
        {
            var line = SampleLines.Create(i, DateTime.UtcNow);
            _values[i] = (byte*)NativeMemory.Alloc((nuint)line.Length);
            line.CopyTo(new Span<byte>(_values[i], line.Length));
        }

        Batch? filled = null;
        var keeper = new Batcher(new BatchOptions { MaxBytes = 4_000_000, MaxLines = Lines }, 1, TimeProvider.System,
            batch => filled = batch);
        Run(new LineBuilder(schema, streams, keeper));
        _batch = filled!;
        _batch.OrderByStream();
        _message = Snappy.DecompressToArray(_encoder.Encode(_batch, _batch.Order.Span).Span);
        _compressed = new byte[Snappy.GetMaxCompressedLength(_message.Length)];
        Console.Error.WriteLine($"{Lines} lines, {Encoding.UTF8.GetString(new ReadOnlySpan<byte>(_values[0], SampleLines.Size))}");
    }

    /// <summary>Finds the fields of a line.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public void Decode()
    {
        for (var i = 0; i < Lines; i++)
            _decoder.Decode(RecordFormat.Auto, new ReadOnlySpan<byte>(_values[i], SampleLines.Size), _nothing);
    }

    /// <summary>And resolves stream, timestamp and structured metadata.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public void DecodeAndLabel() => Run(_toNowhere);

    /// <summary>And writes the line into a batch, as the entry that Loki gets.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public void DecodeLabelAndBatch() => Run(_toBatches);

    /// <summary>Makes a push of a batch and compresses it.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public int EncodeAndCompress() => _encoder.Encode(_batch, _batch.Order.Span).Length;

    /// <summary>The compression alone.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public int Compress() => Snappy.Compress(_message, _compressed);

    private void Run(LineBuilder lines)
    {
        for (var i = 0; i < Lines; i++)
        {
            var record = new KafkaRecord
            {
                Partition = _partition,
                Offset = i,
                Number = _partition.Offsets.Begin(i),
                OriginPartition = 0,
                OriginOffset = i,
                Value = _values[i],
                ValueLength = SampleLines.Size,
            };
            lines.BeginRecord(in record);
            _decoder.Decode(RecordFormat.Auto, record.ValueSpan, new LineSink(lines));
        }

        // A new partition a round: nothing here acknowledges.
        _partition = new PartitionState(_partition.Partition, RecordFormat.Auto, _partition.Topic);
    }
}
