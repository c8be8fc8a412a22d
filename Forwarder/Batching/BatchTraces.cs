using System.Diagnostics;
using Observability.Forwarder.Tracing;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.Forwarder.Batching;

/// <summary>The traced records of a batch: as a rule there is none.</summary>
internal sealed class BatchTraces
{
    private readonly List<(int Record, RecordTrace Trace, Activity? Wait)> _records = [];

    /// <summary>Adds a record, unless it was the last one that was added.</summary>
    /// <param name="record">The record, as a place in the batch's records.</param>
    /// <param name="trace">Its trace.</param>
    public void Add(int record, RecordTrace trace)
    {
        if (_records.Count == 0 || _records[^1].Record != record)
            _records.Add((record, trace, trace.EnterBatch()));
    }

    /// <summary>The trace of a record; <see langword="null"/> for none.</summary>
    /// <param name="record">The record, as a place in the batch's records.</param>
    public RecordTrace? Of(int record)
    {
        foreach (var traced in _records)
        {
            if (traced.Record == record)
                return traced.Trace;
        }

        return null;
    }

    /// <summary>Ends the wait for more lines: the batch is closed.</summary>
    /// <param name="batch">The batch.</param>
    public void Close(Batch batch)
    {
        foreach (var (_, _, wait) in _records)
        {
            wait?.SetTag(MessagingAttributes.BatchCount, batch.Records.Length)
                .SetTag("forwarder.batch.lines", batch.Count)
                .SetTag("forwarder.batch.bytes", batch.Size)
                .SetTag("forwarder.batch.streams", batch.Streams.Length)
                .Stop();
        }
    }

    /// <summary>
    /// Starts the span of a push: a child of the first traced record that has lines in it, with links to the others. Of any thread that has
    /// the batch to itself.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lines">The lines of the push, as places in the batch's entries.</param>
    /// <returns>The span; <see langword="null"/> when none of the lines is traced.</returns>
    public Activity? StartPush(Batch batch, ReadOnlySpan<int> lines)
    {
        if (_records.Count == 0)
            return null;

        Activity? push = null;
        foreach (var (record, trace, _) in _records)
        {
            if (!HasLine(batch, lines, record))
                continue;
            if (push is not null)
                push.AddLink(new ActivityLink(trace.Context));
            else if ((push = RecordTracing.Source.StartActivity(RecordTracing.Push, ActivityKind.Internal, trace.Context)) is null)
                return null;
        }

        return push?.SetTag("forwarder.push.lines", lines.Length);
    }

    /// <summary>Says that the batch is delivered.</summary>
    /// <param name="batch">The batch.</param>
    public void Deliver(Batch batch)
    {
        foreach (var (record, trace, _) in _records)
            trace.LeaveBatch(batch.Records[record].DeadLines);
    }

    /// <summary>Empties it for the next use.</summary>
    public void Clear() => _records.Clear();

    private static bool HasLine(Batch batch, ReadOnlySpan<int> lines, int record)
    {
        foreach (var line in lines)
        {
            if (batch.Entries[line].Record == record)
                return true;
        }

        return false;
    }
}
