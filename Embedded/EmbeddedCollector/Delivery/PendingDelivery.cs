using Confluent.Kafka;

namespace Observability.Embedded.EmbeddedCollector.Delivery;

/// <summary>What became of the Kafka records of one request.</summary>
/// <param name="records">How many there are.</param>
internal sealed class PendingDelivery(int records)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pending = records;
    private int _delivered;
    private int _refused;
    private Error? _refusal;
    private Error? _trouble;

    /// <summary>Done when the broker has answered for each record, or none has been reached in time.</summary>
    public Task Completion => _done.Task;

    /// <summary>Log records that the broker has.</summary>
    public int DeliveredLines => _delivered;

    /// <summary>Log records that the broker will never take.</summary>
    public int RefusedLines => _refused;

    /// <summary>Why the broker will never take them; null when there are none.</summary>
    public Error? Refusal => _refusal;

    /// <summary>Why records are not delivered that may be later; null when there are none.</summary>
    public Error? Trouble => _trouble;

    /// <summary>Notes the broker's answer for a record.</summary>
    public void Settle(int lines, Error error)
    {
        if (!error.IsError)
        {
            Interlocked.Add(ref _delivered, lines);
        }
        else if (IsForGood(error))
        {
            Interlocked.Add(ref _refused, lines);
            Interlocked.CompareExchange(ref _refusal, error, null);
        }
        else
        {
            Interlocked.CompareExchange(ref _trouble, error, null);
        }

        if (Interlocked.Decrement(ref _pending) == 0)
            _done.SetResult();
    }

    // A topic that is missing may be made, and rights may be given; these say something of the record itself.
    private static bool IsForGood(Error error) => error.Code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidRecord or ErrorCode.InvalidMsg or ErrorCode.RecordListTooLarge;
}
