using Observability.Embedded.Faults;

namespace Observability.Embedded.EmbeddedLoki.Faults;

/// <summary>What was pushed is stored, and then the connection breaks instead of an answer: the client must send all of it again.</summary>
internal sealed class LostAnswers() : InjectedFault(
    "loki-lose-answers", "loki", "Loki stores what is pushed, and its answer is lost: the connection breaks.", PushesParameter)
{
    private volatile int _most;
    private int _lost;

    public override bool IsExhausted => _most > 0 && Volatile.Read(ref _lost) >= _most;

    public override IReadOnlyDictionary<string, long> Counts => new Dictionary<string, long> { ["answers"] = Volatile.Read(ref _lost) };

    private static FaultParameter PushesParameter { get; } = new("pushes", "how many answers are lost", 10, 1, 1_000_000);

    public override void Begin(IReadOnlyDictionary<string, int> arguments)
    {
        Volatile.Write(ref _lost, 0);
        _most = arguments[PushesParameter.Name];
    }

    public override void End() => _most = 0;

    public RequestDelegate AroundPush(RequestDelegate next) => async context =>
    {
        await next(context);

        // An answer without a body has not been sent yet.
        if (context.Response is { StatusCode: StatusCodes.Status204NoContent, HasStarted: false } && TryTake())
            context.Abort();
    };

    private bool TryTake()
    {
        var lost = Volatile.Read(ref _lost);
        while (lost < _most)
        {
            var seen = Interlocked.CompareExchange(ref _lost, lost + 1, lost);
            if (seen == lost)
                return true;
            lost = seen;
        }

        return false;
    }
}
