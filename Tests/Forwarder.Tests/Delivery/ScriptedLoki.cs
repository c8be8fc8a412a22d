using Observability.Forwarder.Delivery;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>A Loki without a wire: it answers at once what a test has in store, or when the test says so.</summary>
internal sealed class ScriptedLoki : IPushClient
{
    private readonly Queue<TaskCompletionSource<(int, string)>> _held = new();

    /// <summary>The pushes so far.</summary>
    public List<PushRequest> Pushes { get; } = [];

    /// <summary>Answers a push by status and words; status 0 is no answer.</summary>
    public Func<PushRequest, (int Status, string Words)> Answer { get; set; } = _ => (204, "");

    /// <summary>Whether answers wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>The labels of each push's streams.</summary>
    public IEnumerable<string> Streams => Pushes.Select(push => string.Join(' ', push.Streams.Select(stream => stream.Labels)));

    /// <summary>The numbers of each push's lines.</summary>
    public IEnumerable<int[]> Lines => Pushes.Select(push => SenderHarness.Lines(push).ToArray());

    public async Task<(int Status, PushAnswer Answer)> PushAsync(
        ReadOnlyMemory<byte> body, byte[] tenant, CancellationToken cancellationToken)
    {
        var push = PushRequest.Parser.ParseFrom(Snappy.DecompressToArray(body.Span));
        Pushes.Add(push);
        var (status, words) = Answer(push);
        if (Holds)
        {
            var held = new TaskCompletionSource<(int, string)>();
            _held.Enqueue(held);
            (status, words) = await held.Task;
        }

        return (status, status == 0
            ? new(PushVerdict.Retry, "connection", words)
            : PushAnswerClassifier.Classify(status, words, retryAfter: null));
    }

    /// <summary>Answers the oldest push that waits: it is stored.</summary>
    public void Release() => _held.Dequeue().SetResult((204, ""));
}
