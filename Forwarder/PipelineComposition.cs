using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Metrics;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tracing;

namespace Observability.Forwarder;

/// <summary>Puts the <see cref="Pipeline"/> together: its parts, from the consumer to the senders.</summary>
internal sealed class PipelineComposition : IDisposable
{
    private readonly SenderPool _senders;

    /// <summary>Makes the parts. What surrounds them is given: clients, the time, threads.</summary>
    public PipelineComposition(
        IRecordConsumer consumer,
        PartitionAssignment assignment,
        Func<IBatchSender> createSender,
        LimitedStreams limited,
        DeadLetterQueue deadLetters,
        StallWatch watch,
        IBatchEndFinder finder,
        ForwarderMetrics metrics,
        IOptions<ForwarderOptions> settings,
        TimeProvider time,
        IWakeUp wakeUp,
        FatalError fatal,
        TaskScheduler scheduler,
        ILoggerFactory loggers)
    {
        var options = settings.Value;
        _senders = new SenderPool(options.MaxPushesInFlight, createSender, wakeUp, fatal, scheduler);
        var deliveries = new Deliveries(_senders, limited, deadLetters, metrics, time);

        // The one circle among the parts: the intake fills batches, full ones go to the backlog, and while the backlog waits for room the
        // upkeep goes on, which gives the intake what was stepped over.
        Backlog? backlog = null;
        // As many empty batches as may be full at once: a batch is a megabyte or two, and making anew what was dropped is dear.
        var keep = Math.Max(options.MaxPushesInFlight + 2, options.MaxBufferedBytes / options.Batch.MaxBytes);
        var batcher = new Batcher(options.Batch, keep, time, batch => backlog!.Send(batch));

        var schema = new LabelSchema(options);
        var streams = new StreamTable(schema.Labels, options.MaxStreams, time);
        var tracing = new RecordTracing(options, time);
        var lines = new LineBuilder(schema, streams, batcher, tracing: tracing);
        var intake = new RecordIntake(
            consumer, lines, deadLetters, options.MaxRecordBytes, tracing, loggers.CreateLogger<RecordIntake>());
        var router = new MessageRouter(
            consumer, assignment, intake, watch, fatal, streams, lines, metrics, time, loggers.CreateLogger<MessageRouter>());

        var offsets = new OffsetCommitter(consumer, loggers.CreateLogger<OffsetCommitter>());
        var skipper = options.SkipUnreadable
            ? new UnreadableSkipper(consumer, finder, intake, watch, loggers.CreateLogger<UnreadableSkipper>()) : null;
        var upkeep = new Upkeep(assignment, offsets, watch, skipper, time);
        backlog = new Backlog(batcher, deliveries, upkeep, options, metrics, wakeUp, fatal, time);

        var handover = new PartitionHandover(
            assignment, backlog, offsets, options, metrics, loggers.CreateLogger<PartitionHandover>());
        assignment.Tell(handover);
        var flow = new FlowControl(consumer, metrics, options, time, loggers.CreateLogger<FlowControl>());
        Pipeline = new Pipeline(
            consumer, assignment, handover, flow, router, backlog, fatal, options, loggers.CreateLogger<Pipeline>());
    }

    /// <summary>The whole.</summary>
    public Pipeline Pipeline { get; }

    /// <inheritdoc/>
    public void Dispose() => _senders.Dispose();
}
