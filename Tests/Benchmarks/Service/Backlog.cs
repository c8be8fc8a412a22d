using System.Buffers;
using Confluent.Kafka;
using Google.Protobuf;
using Observability.Embedded.EmbeddedKafka;
using Observability.LogGenerator.Lines;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Benchmarks.Service;

/// <summary>A broker, and a topic in it with lines that nobody has read.</summary>
internal sealed class Backlog : IDisposable
{
    private const int LinesOfAlloyRecord = 20;

    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions());
    private readonly IProducer<Null, byte[]> _producer;
    private readonly BacklogLine _line;
    private readonly LineRandom _random = new(seed: 1);
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly bool _isOtlp;
    private readonly int _partitions;
    private long _lines;

    public Backlog(bool isOtlp, int streams, int partitions)
    {
        (_isOtlp, _partitions, _line) = (isOtlp, partitions, new BacklogLine(streams));
        Topic = isOtlp ? Topics.Alloy : Topics.Generator;
        _broker.CreateTopic(Topic, partitions);
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = BootstrapServers,
            CompressionType = CompressionType.Zstd,
            LingerMs = 50,
            QueueBufferingMaxMessages = 500_000,
            DeliveryReportFields = "none",
        }).Build();
    }

    public string BootstrapServers => _broker.BootstrapServers;

    public string Topic { get; }

    /// <summary>Kafka records in the topic.</summary>
    public long Records { get; private set; }

    /// <summary>Adds lines to the topic: a record each, or some twenty a record in OTLP.</summary>
    public void Add(int lines)
    {
        for (var end = _lines + lines; _lines < end;)
        {
            var time = DateTime.UtcNow;
            // A partition at a time for a while, as a producer's batches are: it keeps only so much, and is to be filled evenly.
            var partition = new TopicPartition(Topic, (int)(Records / (_isOtlp ? 50 : 1000) % _partitions));
            var value = _isOtlp ? CreateAlloy((int)Math.Min(LinesOfAlloyRecord, end - _lines), time) : CreateJson(time);
            Produce(partition, new Message<Null, byte[]> { Value = value });
            Records++;
        }
    }

    /// <summary>Waits until the broker has all, and sees that it has kept all.</summary>
    public async Task CheckAsync(CancellationToken stop)
    {
        _producer.Flush(stop);
        var kept = (await _broker.GetWatermarksAsync(Topic)).Values.Sum(offsets => offsets.High.Value - offsets.Low.Value);
        if (kept < Records)
            throw new InvalidOperationException($"The broker kept {kept} of {Records} records: more --partitions hold more.");
    }

    public void Dispose()
    {
        _producer.Dispose();
        _broker.Dispose();
    }

    private byte[] CreateJson(DateTime time)
    {
        _buffer.ResetWrittenCount();
        _line.Write(_buffer, new LineContext(time, _random, ++_lines));
        return _buffer.WrittenSpan.ToArray();
    }

    private byte[] CreateAlloy(int count, DateTime time)
    {
        var service = _random.Next(_line.Services.Count);
        var lines = new ByteString[count];
        for (var i = 0; i < count; i++)
        {
            _buffer.ResetWrittenCount();
            _line.WriteOf(service, _buffer, new LineContext(time, _random, ++_lines));
            _buffer.Write("\n"u8);
            lines[i] = ByteString.CopyFrom(_buffer.WrittenSpan);
        }

        return AlloyRecord.Create(_line.Services[service].Text, lines, time);
    }

    private void Produce(TopicPartition partition, Message<Null, byte[]> message)
    {
        while (true)
        {
            try
            {
                _producer.Produce(partition, message);
                return;
            }
            catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }
}
