using Observability.Forwarder.Delivery;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Forwarder.Tests.Simulation;

/// <summary>A Loki that answers when the simulation says so, and what it says: late, never, wrongly.</summary>
internal sealed class SimulatedStore(Simulation simulation) : IPushClient
{
    private readonly List<(TaskCompletionSource<(int, PushAnswer)> Answer, PushRequest Push)> _waiting = [];

    public int Waiting => _waiting.Count;

    public Task<(int Status, PushAnswer Answer)> PushAsync(ReadOnlyMemory<byte> body, byte[] tenant, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<(int, PushAnswer)>();
        _waiting.Add((answer, PushRequest.Parser.ParseFrom(Snappy.DecompressToArray(body.Span))));
        return answer.Task;
    }

    /// <summary>Answers one push, chosen by the simulation.</summary>
    public void AnswerOne()
    {
        var index = simulation.Random.Next(_waiting.Count);
        var (answer, push) = _waiting[index];
        _waiting.RemoveAt(index);
        var fault = simulation.Has(Faults.Store) ? simulation.Random.Next(14) : 99;
        var (status, text, isTaken) = fault switch
        {
            0 => (500, "internal error", false),
            1 => (500, "internal error", true),
            2 => (0, "connection reset", true),
            3 => (0, "connection refused", false),
            4 => (429, "Ingestion rate limit exceeded", false),
            5 => (260, "ingestion blocked", false),
            6 when push.Streams.Sum(stream => stream.Entries.Count) > 1 => (413, "request body too large", false),
            7 => (200, "<html>a proxy's page</html>", false),
            8 => (400, "<html>a proxy's page</html>", false),
            9 => (503, "", simulation.Random.Next(2) == 0),
            _ => (204, "", true),
        };
        if (isTaken && status == 204 && IsHot(push.Streams[^1]))
            (status, text) = (429, Limit(push.Streams[^1]));
        if (isTaken && Take(push) && status == 204)
            (status, text) = (400, "stream '{service=\"x\"}' has structured metadata size too large: '70000' bytes, limit: '65536' bytes");
        if (simulation.IsRecording)
            simulation.Note($"store answers {status} to {Names(push)}{(isTaken && status != 204 ? " (taken)" : "")}");
        answer.SetResult((status,
            status == 0 ? new(PushVerdict.Retry, "connection", text) : PushAnswerClassifier.Classify(status, text, null)));
    }

    /// <summary>The process is gone: nobody waits for these answers. Some of the pushes arrive all the same.</summary>
    public void ForgetAll()
    {
        foreach (var (_, push) in _waiting)
        {
            if (simulation.Random.Next(2) == 0)
                Take(push);
        }

        _waiting.Clear();
    }

    private bool Take(PushRequest push)
    {
        var isRefused = false;
        // As an ingester does: what it refuses of a stream that is not the last one, nobody is told.
        foreach (var entry in push.Streams.Where(stream => !IsHot(stream)).SelectMany(stream => stream.Entries))
        {
            if (Simulation.NameOf(entry.Line).StartsWith("bad", StringComparison.Ordinal))
                isRefused = true;
            else
                simulation.Store(entry.Line, (entry.Timestamp.Seconds * 1_000_000_000) + entry.Timestamp.Nanos);
        }

        return isRefused;
    }

    private bool IsHot(StreamAdapter stream) =>
        simulation.Has(Faults.HotStream) && stream.Labels.Contains("service=\"hot\"", StringComparison.Ordinal);

    private static string Limit(StreamAdapter stream) => string.Concat(stream.Entries.Take(10).Select(entry =>
            $"entry with timestamp {entry.Timestamp.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}.{entry.Timestamp.Nanos:000000000} +0000 UTC "
            + "ignored, reason: 'Per stream rate limit exceeded (limit: 10KB/sec) while attempting to ingest',\n"))
        + $"user 'fake', total ignored: {stream.Entries.Count} out of {stream.Entries.Count} for stream: {stream.Labels}";

    private static string Names(PushRequest push) =>
        string.Join(", ", push.Streams.SelectMany(stream => stream.Entries).Select(entry => entry.Line).Take(8));
}
