using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>A query of lines.</summary>
internal static class LogQuery
{
    /// <summary>
    /// The first <paramref name="limit"/> lines in [<paramref name="from"/>, <paramref name="to"/>) by time, over all streams.
    /// </summary>
    /// <param name="store">What to read.</param>
    /// <param name="query">Which lines.</param>
    /// <param name="from">Nanoseconds, inclusive.</param>
    /// <param name="to">Nanoseconds, exclusive.</param>
    /// <param name="limit">Most lines.</param>
    /// <param name="forward">Oldest first.</param>
    /// <param name="interval">Least nanoseconds between two lines; 0 for none.</param>
    /// <param name="categorize">Keep stream labels, structured metadata and parsed labels apart.</param>
    /// <param name="budget">Pays for the lines.</param>
    /// <param name="statistics">Told what was read.</param>
    /// <param name="cancellationToken">Ends the scan between two chunks.</param>
    public static List<ResultEntry> Run(
        LogStore store, LogExpression query, long from, long to, int limit, bool forward, long interval, bool categorize,
        QueryBudget budget, QueryStatistics statistics, CancellationToken cancellationToken)
    {
        var pipeline = new Pipeline(query.Stages);
        var cursors = new PriorityQueue<StreamCursor, (long Time, int Stream)>();
        var number = 0;
        foreach (var stream in store.Select(CompiledMatcher.OfSelector(query.Matchers)).OrderBy(s => s.Labels))
            Advance(cursors, new(stream, pipeline, ParserHints.All, statistics, from, to, forward), number++, forward, cancellationToken);

        var entries = new List<ResultEntry>();
        long? last = null;
        while (entries.Count < limit && cursors.TryDequeue(out var cursor, out var priority))
        {
            if (interval == 0 || last is null || Math.Abs(cursor.Timestamp - last.Value) >= interval)
            {
                last = cursor.Timestamp;
                var entry = ResultEntry.From(cursor.Line, categorize);
                budget.Spend(QueryBudget.Overhead + entry.Text.Length + entry.Stream.Bytes);
                entries.Add(entry);
            }

            if (entries.Count < limit)
                Advance(cursors, cursor, priority.Stream, forward, cancellationToken);
        }

        statistics.Entries = entries.Count;
        return entries;
    }

    private static void Advance(
        PriorityQueue<StreamCursor, (long Time, int Stream)> cursors, StreamCursor cursor, int number, bool forward,
        CancellationToken cancellationToken)
    {
        if (cursor.MoveNext(cancellationToken))
            cursors.Enqueue(cursor, (forward ? cursor.Timestamp : ~cursor.Timestamp, number));
    }
}
