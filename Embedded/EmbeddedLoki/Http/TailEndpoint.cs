using System.Net.WebSockets;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Ingest;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary><c>GET /loki/api/v1/tail</c>: the newest lines, then each line as it is stored, over a web socket.</summary>
internal sealed class TailEndpoint(
    LogStore store, TailHub hub, EmbeddedLokiOptions options, QueryRunner runner, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int MaxDelay = 5;
    private const int Capacity = 10_000;
    private const int MaxBatch = 1000;
    private const int MaxBatchBytes = 1024 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        if (LogQlParser.Parse(form["query"]) is not LogExpression query)
            throw new LokiException("only log selector is supported");
        var limit = RequestParameters.Limit(form);
        QueryEndpoints.CheckEntries(options, limit);
        var start = RequestParameters.Bounds(form, time.GetUtcNow()).Start;
        var delay = RequestParameters.Integer(form["delay_for"], 0);
        if (delay is < 0 or > MaxDelay)
            throw new LokiException($"delay_for can't be greater than {MaxDelay}");
        if (!context.WebSockets.IsWebSocketRequest)
            throw new LokiException(
                "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header");
        if (options.MaxConcurrentTails > 0 && hub.Count >= options.MaxConcurrentTails)
            throw new LokiException(
                $"max concurrent tail requests limit exceeded, count > limit ({hub.Count + 1} > {options.MaxConcurrentTails})");
        var pipeline = new Pipeline(query.Stages);

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var closed = WaitForCloseAsync(socket, ended);
        // Listening starts before history is read, so nothing is missed between the two; what both have is left out below.
        var listener = new TailListener(CompiledMatcher.OfSelector(query.Matchers), Capacity, options.MaxTailBytes);
        hub.Add(listener);
        try
        {
            await SendAsync(
                socket, query, pipeline, listener, start, limit, TimeSpan.FromSeconds(delay), QueryEndpoints.Categorizes(
                context.Request), ended.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The client has left, or the server is stopping.
        }
        finally
        {
            hub.Remove(listener);
        }

        await closed;
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private async Task SendAsync(
        WebSocket socket, LogExpression query, Pipeline pipeline, TailListener listener, long start, int limit, TimeSpan delay,
            bool categorize, CancellationToken cancellationToken)
    {
        var history = await runner.RunAsync(
            (budget, token) =>
            LogQuery.Run(
            store, query, start, long.MaxValue, limit, forward: false, interval: 0, categorize, budget, new(), token), cancellationToken);
        history.Reverse();
        var seen = history.Select(e => (e.Stream, e.Timestamp)).ToHashSet();
        if (history.Count > 0)
            await SendAsync(socket, history, [], categorize, cancellationToken);

        var lines = new Dictionary<LabelSet, Line>();
        while (await listener.WaitToReadAsync(cancellationToken))
        {
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time, cancellationToken);
            var batch = new List<ResultEntry>();
            var bytes = 0;
            while (batch.Count < MaxBatch && bytes < MaxBatchBytes && listener.TryRead() is { } entry)
            {
                if (!lines.TryGetValue(entry.Labels, out var line))
                    lines.Add(entry.Labels, line = new(entry.Labels, ParserHints.All));
                line.Reset(entry.Timestamp, entry.Line, entry.Metadata);
                if (!pipeline.Process(line))
                    continue;
                var result = ResultEntry.From(line, categorize);
                bytes += result.Text.Length;
                if (!seen.Remove((result.Stream, result.Timestamp)))
                    batch.Add(result);
            }

            var dropped = listener.TakeDropped();
            if (batch.Count > 0 || dropped.Count > 0)
                await SendAsync(socket, batch, dropped, categorize, cancellationToken);
        }
    }

    private static async Task SendAsync(
        WebSocket socket, List<ResultEntry> entries, List<TailEntry> dropped, bool categorize, CancellationToken cancellationToken)
    {
        var message = ResponseWriter.ToJson(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("streams"u8);
            ResponseWriter.Streams(writer, entries, categorize);
            if (dropped.Count > 0)
            {
                writer.WriteStartArray("dropped_entries"u8);
                foreach (var entry in dropped)
                {
                    writer.WriteStartObject();
                    writer.WriteString("timestamp"u8, entry.Timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    ResponseWriter.Labels(writer, "labels", entry.Labels.Pairs);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            if (categorize)
                ResponseWriter.EncodingFlags(writer);
            writer.WriteEndObject();
        });
        await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }

    /// <summary>A client says nothing but that it leaves.</summary>
    private static async Task WaitForCloseAsync(WebSocket socket, CancellationTokenSource ended)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), ended.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // Gone without a word, or the server is stopping.
        }

        await ended.CancelAsync();
    }
}
