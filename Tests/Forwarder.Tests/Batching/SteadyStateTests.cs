using System.Text;
using Google.Protobuf;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Batching;

public sealed class SteadyStateTests
{
    private const int Lines = 10_000;

    private readonly RecordDecoder _decoder = new();
    private readonly Batcher _batcher;
    private readonly LineBuilder _builder;
    private readonly Queue<Batch> _sent = new(64);

    public SteadyStateTests()
    {
        var options = new ForwarderOptions();
        var schema = new LabelSchema(options);
        _batcher = new Batcher(options.Batch, 6, TimeProvider.System, _sent.Enqueue);
        _builder = new LineBuilder(schema, new StreamTable(schema.Labels, options.MaxStreams, TimeProvider.System), _batcher);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("envelope")]
    [InlineData("logfmt")]
    [InlineData("text")]
    [InlineData("otlp")]
    public void Reading_labelling_and_batching_ten_thousand_lines_allocates_nothing(string format)
    {
        var partition = TestPartition.Create("test-logs", 0);
        var records = Enumerable.Range(0, Lines).Select(i => new TestRecord(partition, i, Line(format, i))).ToArray();
        // Twice: the second round finds all arrays grown.
        Forward(records);
        Forward(records);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Forward(records);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

    private static byte[] Line(string format, int i)
    {
        var level = i % 3 == 0 ? "ERROR" : "INFO";
        var time = $"2025-09-14T13:45:00.{i % 1000:000}Z";
        return format switch
        {
            "json" => Encoding.UTF8.GetBytes(
                $$"""{"timestamp":"{{time}}","level":"{{level}}","service":"shop-{{i % 5}}","message":"Request \"{{i}}\" processed","request_id":"req-{{i}}"}"""),
            "envelope" => Encoding.UTF8.GetBytes(
                $$"""{"time":"{{time}}","stream":"stdout","log":"{\"level\":\"{{level}}\",\"service\":\"shop-{{i % 5}}\"}\n"}"""),
            "logfmt" => Encoding.UTF8.GetBytes($"time={time} level={level} service=shop-{i % 5} msg=\"Request {i} processed\""),
            "text" => Encoding.UTF8.GetBytes($"{time} {level} [main] com.example.Shop - Request {i} processed"),
            _ => new ExportLogsServiceRequest
            {
                ResourceLogs =
                {
                    new ResourceLogs
                    {
                        Resource = new() { Attributes = { Attribute("service.name", $"shop-{i % 5}"),
                            Attribute("service.version", "1.2.3") } },
                        ScopeLogs =
                        {
                            new ScopeLogs
                            {
                                Scope = new() { Name = "Shop.Orders" },
                                LogRecords = { new LogRecord { TimeUnixNano = 1_757_857_500_000_000_000, SeverityText = level,
                                    Body = new() { StringValue = $"Request {i} processed" },
                                    Attributes = { Attribute("RequestId", $"r-{i}") } } },
                            },
                        },
                    },
                },
            }.ToByteArray(),
        };
    }

    private static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new() { StringValue = value } };

    private void Forward(TestRecord[] records)
    {
        foreach (var record in records)
        {
            _builder.BeginRecord(record.Record);
            _decoder.Decode(RecordFormat.Auto, record.Value, _builder);
        }

        _batcher.Flush(all: true);
        while (_sent.TryDequeue(out var batch))
            _batcher.Recycle(batch);
    }
}
