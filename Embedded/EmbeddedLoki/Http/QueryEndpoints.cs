using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Limits;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary><c>query_range</c>, <c>query</c> and <c>format_query</c>.</summary>
internal sealed class QueryEndpoints(LogStore store, EmbeddedLokiOptions options, QueryRunner runner, TimeProvider time)
{
    /// <summary>
    /// Clients that send this header with <c>categorize-labels</c>, as Grafana does, get metadata and parsed labels apart from the
    /// stream's.
    /// </summary>
    public const string EncodingFlagsHeader = "X-Loki-Response-Encoding-Flags";

    public static bool Categorizes(HttpRequest request) =>
        request.Headers[EncodingFlagsHeader].ToString().Split(',').Any(flag => flag.Trim() == "categorize-labels");

    /// <exception cref="LokiException">A query may not ask for so many lines.</exception>
    public static void CheckEntries(EmbeddedLokiOptions options, int limit)
    {
        if (options.MaxEntriesLimit > 0 && limit > options.MaxEntriesLimit)
        {
            throw new LokiException(string.Create(CultureInfo.InvariantCulture,
                $"max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {options.MaxEntriesLimit})"));
        }
    }

    public async Task RangeAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var (start, end) = RequestParameters.Bounds(form, time.GetUtcNow());
        if (end < start)
            throw new LokiException("end timestamp must not be before or equal to start time");
        var limit = RequestParameters.Limit(form);
        var forward = RequestParameters.IsForward(form);
        var step = RequestParameters.Step(form, start, end);
        var interval = RequestParameters.Interval(form);
        var expression = LogQlParser.Parse(form["query"]);
        CheckLength(start, end);
        if (expression is LogExpression log)
            await LogsAsync(context, log, start, end, limit, forward, interval);
        else
            await MetricAsync(context, (MetricExpression)expression, new(start, end, step), instant: false);
    }

    public async Task InstantAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        RequestParameters.Limit(form);
        var at = RequestParameters.Time(form, "time", GoTime.ToNanoseconds(time.GetUtcNow()));
        RequestParameters.IsForward(form);
        if (LogQlParser.Parse(form["query"]) is not MetricExpression metric)
            throw new LokiException(
                "log queries are not supported as an instant query type, please change your query to a range query type");
        await MetricAsync(context, metric, new(at, at, 1), instant: true);
    }

    public static async Task FormatAsync(HttpContext context)
    {
        var form = await RequestForm.ReadAsync(context.Request);
        var text = LogQlPrinter.Print(LogQlParser.Parse(form["query"]));
        await ResponseWriter.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, "success"u8);
            writer.WriteString("data"u8, text);
            writer.WriteEndObject();
        });
    }

    private void CheckLength(long start, long end)
    {
        // The difference of two times may be more than a long holds.
        var length = (Int128)end - start;
        var limit = GoTime.ToNanoseconds(options.MaxQueryLength);
        if (options.MaxQueryLength > TimeSpan.Zero && length > limit)
        {
            throw new LokiException(
                $"the query time range exceeds the limit (query length: {LogQlDurations.Format((long)Int128.Min(length, long.MaxValue))}, limit: {LogQlDurations.Format(limit)})");
        }
    }

    private async Task LogsAsync(HttpContext context, LogExpression log, long start, long end, int limit, bool forward, long interval)
    {
        CheckEntries(options, limit);
        var began = time.GetTimestamp();
        var categorize = Categorizes(context.Request);
        var statistics = new QueryStatistics();
        var entries = await runner.RunAsync(
            (budget, token) =>
                LogQuery.Run(
                store, log, start, end, limit, forward, interval, categorize, budget, statistics, token), context.RequestAborted);
        await ResponseWriter.JsonAsync(context, writer => ResponseWriter.Query(
            writer, "streams", categorize, statistics, time.GetElapsedTime(began), w => ResponseWriter.Streams(w, entries, categorize)));
    }

    private async Task MetricAsync(HttpContext context, MetricExpression metric, StepRange steps, bool instant)
    {
        var began = time.GetTimestamp();
        var statistics = new QueryStatistics();
        var value = await runner.RunAsync(
            (budget, token) => new MetricEvaluator(store, steps, budget, statistics, token).Run(metric), context.RequestAborted);
        await ResponseWriter.JsonAsync(context, writer => ResponseWriter.Query(
            writer,
            MetricResponse.TypeOf(value, instant),
            categorize: false,
            statistics,
            time.GetElapsedTime(began),
            w => MetricResponse.Write(w, value, metric, steps, instant)));
    }
}
