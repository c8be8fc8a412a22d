using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Limits;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// Runs queries a few at a time, each with a budget of memory and time, on threads of their own: however heavy they are, pushes, probes and
/// everybody else's requests go on.
/// </summary>
internal sealed class QueryRunner(EmbeddedLokiOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrentQueries);
    private int _waiting;

    /// <exception cref="LokiException">Too many queries are waiting (429), or this one took too long (504).</exception>
    public async Task<T> RunAsync<T>(Func<QueryBudget, CancellationToken, T> query, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > options.MaxOutstandingQueries + options.MaxConcurrentQueries)
        {
            Interlocked.Decrement(ref _waiting);
            throw new LokiException(StatusCodes.Status429TooManyRequests, "too many outstanding requests");
        }

        try
        {
            await _slots.WaitAsync(cancellationToken);
            try
            {
                return await RunNowAsync(query, cancellationToken);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<T> RunNowAsync<T>(Func<QueryBudget, CancellationToken, T> query, CancellationToken cancellationToken)
    {
        using var timeout = options.QueryTimeout > TimeSpan.Zero ? new CancellationTokenSource(options.QueryTimeout, time) : new();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var budget = new QueryBudget(options.MaxQueryBytes, options.MaxQuerySeries);
        var token = either.Token;
        try
        {
            // Not the pool's threads: a few long queries would leave none for the others.
            return await Task.Factory.StartNew(
                () => query(budget, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new LokiException(
                StatusCodes.Status504GatewayTimeout,
                "request timed out, decrease the duration of the request or add more label matchers "
                + "(prefer exact match over regex match) to reduce the amount of data processed");
        }
    }
}
