using System.Collections.Concurrent;
using System.Diagnostics;

namespace Observability.AllInOne.Tests.Tracing;

/// <summary>Hears of every span that ends and was sampled by those who export; it makes nobody sample.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private TaskCompletionSource _more = NewSignal();

    public RecordedSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.None,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> All => [.. _spans];

    /// <summary>Waits until the spans are as they should be.</summary>
    public async Task<T> UntilAsync<T>(Func<IReadOnlyList<Activity>, T?> find)
        where T : class
    {
        while (true)
        {
            var more = Volatile.Read(ref _more).Task;
            if (find(All) is { } found)
                return found;
            await more.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => _listener.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Add(Activity span)
    {
        if (!span.Recorded)
            return;
        _spans.Enqueue(span);
        Interlocked.Exchange(ref _more, NewSignal()).SetResult();
    }
}
