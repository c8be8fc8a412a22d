using System.Diagnostics;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.Forwarder.Tracing;

/// <summary>
/// A record's way through the Forwarder as a span, from its reading until Loki or the dead-letter topic has all of its lines. Belongs to
/// the consuming thread, but for <see cref="Context"/>. Of a record that is given up, and so comes again, no span is told.
/// </summary>
/// <param name="span">The span.</param>
internal sealed class RecordTrace(Activity span)
{
    private int _batches;
    private bool _isDecoded;

    /// <summary>The parent of what is done with the record's lines.</summary>
    public ActivityContext Context => span.Context;

    /// <summary>Says that a batch has lines of the record, and waits for more.</summary>
    /// <returns>The span of the wait.</returns>
    public Activity? EnterBatch()
    {
        _batches++;
        return RecordTracing.Source.StartApart(RecordTracing.Batch, ActivityKind.Internal, Context);
    }

    /// <summary>Says that a batch is delivered.</summary>
    /// <param name="deadLines">Lines of the record in it that Loki has refused for good.</param>
    public void LeaveBatch(int deadLines)
    {
        _batches--;
        if (deadLines > 0)
            span.SetStatus(ActivityStatusCode.Error, $"{deadLines} lines became dead letters");
        StopIfDone();
    }

    /// <summary>Says that the record is decoded: all of its lines are in batches.</summary>
    public void Decoded()
    {
        _isDecoded = true;
        span.AddEvent(new ActivityEvent("decoded"));
        StopIfDone();
    }

    /// <summary>Says that the record becomes a dead letter as a whole.</summary>
    /// <param name="reason">Why, as in the metrics.</param>
    public void BecomesDeadLetter(string reason)
    {
        span.SetStatus(ActivityStatusCode.Error, $"dead letter: {reason}");
        span.Stop();
    }

    private void StopIfDone()
    {
        if (_isDecoded && _batches == 0)
            span.Stop();
    }
}
