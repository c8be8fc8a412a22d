using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Observability.Embedded.EmbeddedLoki;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>
/// The embedded store, which refuses as Loki does, behind what lies between a client and a store: each push meets an answer that is drawn
/// at random. Of the drawn ones those that say what became of a line are the store's own, so what is stored is never in doubt.
/// </summary>
internal sealed class FaultyStore : IAsyncDisposable
{
    private const string PushPath = "/loki/api/v1/push";
    private const string Opening = "opens the overflow stream";

    // Compressed bytes of a push that a gRPC message would not hold.
    private const int LargePush = 40_000;

    private readonly EmbeddedLokiServer _server;
    private readonly Random _random;
    private readonly StoreAnswer[] _answers;
    private readonly int _ownOf100;
    private readonly ConcurrentDictionary<StoreAnswer, int> _drawn = [];

    private FaultyStore(EmbeddedLokiServer server, int seed, int ownOf100, StoreAnswer[] answers)
    {
        (_server, _random, _ownOf100, _answers) = (server, new Random(seed), ownOf100, answers);
        server.Fault = AnswerAsync;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server.Address;

    /// <summary>How often each answer was given.</summary>
    public string DrawnText =>
        string.Join(", ", _drawn.OrderByDescending(answer => answer.Value).Select(answer => $"{answer.Key} {answer.Value}"));

    /// <summary>Lines that were pushed so far, those that were there already included.</summary>
    public long PushedLines => _server.Store.StoredLines + _server.Store.DeduplicatedLines;

    /// <summary>Lines stored so far.</summary>
    public long StoredLines => _server.Store.StoredLines - 1;

    /// <summary>Whether only the store's own answers are given.</summary>
    public bool IsFaultless { get; set; }

    /// <summary>Starts the store.</summary>
    /// <param name="limits">The store's limits.</param>
    /// <param name="seed">Decides which answers are drawn.</param>
    /// <param name="ownOf100">How many of 100 pushes meet the store's own answer.</param>
    /// <param name="answers">What the others meet.</param>
    public static async Task<FaultyStore> StartAsync(EmbeddedLokiOptions limits, int seed, int ownOf100, params StoreAnswer[] answers)
    {
        var server = await EmbeddedLokiServer.StartAsync(limits, cancellationToken: TestContext.Current.CancellationToken);
        // There is always room for the overflow stream, as README asks for: without that, lines become dead letters after a while.
        using var client = new HttpClient { BaseAddress = server.Address };
        using var body = new StringContent(
            $$"""
            {"streams":[{"stream":{"level":"overflow","namespace":"overflow","service":"overflow"},
            "values":[["{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}000000000","{{Opening}}"]]}]}
            """,
            Encoding.UTF8,
            "application/json");
        using var answer = await client.PostAsync(new Uri(PushPath, UriKind.Relative), body, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return new FaultyStore(server, seed, ownOf100, answers);
    }

    /// <summary>Everything that is stored: how often each line at each time, in whichever stream.</summary>
    public Dictionary<LineKey, int> Read()
    {
        Dictionary<LineKey, int> lines = [];
        var opening = Encoding.UTF8.GetBytes(Opening);
        foreach (var stream in _server.Store.All)
        {
            foreach (var chunk in stream.ChunksIn(long.MinValue, long.MaxValue))
            {
                var slice = stream.Slice(chunk, long.MinValue, long.MaxValue);
                for (var i = 0; i < slice.Entries.Length; i++)
                {
                    if (slice.Line(i).Span.SequenceEqual(opening))
                        continue;
                    var key = LineKey.Of(slice.Entries[i].Timestamp, slice.Line(i).Span);
                    lines[key] = lines.GetValueOrDefault(key) + 1;
                }
            }
        }

        return lines;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<bool> AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != PushPath)
            return false;

        var answer = Draw();
        _drawn.AddOrUpdate(answer, 1, (_, count) => count + 1);
        switch (answer)
        {
            case StoreAnswer.Slow:
                await Task.Delay(Next(50, 400), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return false;
            case StoreAnswer.Lost or StoreAnswer.LostHalfway:
                var body = context.Response.Body;
                context.Response.Body = Stream.Null;
                await _server.HandleAsync(context);
                context.Response.Body = body;
                if (answer == StoreAnswer.LostHalfway)
                    await HalfwayAsync(context, 400);
                context.Abort();
                return true;
            case StoreAnswer.Reset:
                context.Abort();
                return true;
            case StoreAnswer.Halfway:
                await HalfwayAsync(context, 200);
                context.Abort();
                return true;
            case StoreAnswer.Hang:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return true;
            case StoreAnswer.ServerError:
                return await WriteAsync(context, 500, "rpc error: code = Unavailable desc = the ring is empty");
            case StoreAnswer.Unavailable:
                context.Response.Headers.RetryAfter = "1";
                return await WriteAsync(context, 503, "");
            case StoreAnswer.MessageTooLarge:
                return context.Request.ContentLength > LargePush
                    && await WriteAsync(
                        context,
                        500,
                        "rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)");
            case StoreAnswer.RateLimit:
                return await WriteAsync(
                    context,
                    429,
                    "ingestion rate limit exceeded for user fake (limit: 1000000 bytes/sec) while attempting to ingest '9' lines "
                    + "totaling '999' bytes, reduce log volume");
            case StoreAnswer.Blocked:
                return await WriteAsync(
                    context, 260, "ingestion blocked for user 'fake' until '2030-01-01T00:00:00Z' with status code '260'");
            case StoreAnswer.ForeignBadRequest:
                return await WriteAsync(context, 400, "<html><body>400 The plain HTTP request was sent to HTTPS port</body></html>");
            case StoreAnswer.ForeignNotFound:
                return await WriteAsync(context, 404, "<html><body>404 page not found</body></html>");
            case StoreAnswer.ForeignPage:
                return await WriteAsync(context, 200, "<html><body>Please log in</body></html>");
            default:
                return false;
        }
    }

    private StoreAnswer Draw()
    {
        lock (_random)
            return IsFaultless || _random.Next(100) < _ownOf100 ? StoreAnswer.Own : _answers[_random.Next(_answers.Length)];
    }

    private int Next(int from, int to)
    {
        lock (_random)
            return _random.Next(from, to);
    }

    private static async Task<bool> WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text);
        return true;
    }

    private static async Task HalfwayAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("max entry size '1' bytes exc");
        await context.Response.Body.FlushAsync();
    }
}
