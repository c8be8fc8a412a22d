using System.Text;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;

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

    [Fact]
    public void Reading_labelling_and_batching_ten_thousand_lines_allocates_nothing()
    {
        var partition = TestPartition.Create("test-logs", 0);
        var records = Enumerable.Range(0, Lines).Select(i => new TestRecord(partition, i, Encoding.UTF8.GetBytes(
            $$"""{"timestamp":"2025-09-14T13:45:00.{{i % 1000:000}}Z","level":"{{(i % 3 == 0 ? "ERROR" : "INFO")}}","service":"shop-{{i % 5}}","message":"Request \"{{i}}\" processed","request_id":"req-{{i}}"}"""))).ToArray();
        // Twice: the second round finds all arrays grown.
        Forward(records);
        Forward(records);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Forward(records);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

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
