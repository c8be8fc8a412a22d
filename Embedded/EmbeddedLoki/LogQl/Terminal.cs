using Parlot;
using Parlot.Fluent;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>A token: skips white space and comments, reads, and reports where it could not.</summary>
internal sealed class Terminal<T>(IReadOnlyList<string> names, Terminal<T>.Reader read) : Parser<T>
{
    /// <param name="context">The query and its errors.</param>
    /// <param name="offset">Where the token starts.</param>
    /// <param name="value">What was read.</param>
    /// <returns>Characters read; negative when there is no such token here.</returns>
    public delegate int Reader(LogQlContext context, int offset, out T value);

    public override bool Parse(ParseContext context, ref ParseResult<T> result)
    {
        var query = (LogQlContext)context;
        var cursor = context.Scanner.Cursor;
        var start = Tokens.SkipSpace(query.Text, cursor.Offset);
        var length = read(query, start, out var value);
        if (length < 0)
        {
            query.Failed(start, names);
            return false;
        }

        cursor.Advance(start + length - cursor.Offset);
        result.Set(start, start + length, value);
        return true;
    }
}
