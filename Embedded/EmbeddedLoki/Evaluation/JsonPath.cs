using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// The place of a value in a JSON line: <c>a.b[0]["c d"]</c> (pkg/logql/log/jsonexpr). A part is a field's name or an index.
/// </summary>
internal static class JsonPath
{
    public static IReadOnlyList<object> Parse(string text)
    {
        var parts = new List<object>();
        var i = 0;
        while (i < text.Length)
        {
            if (text[i] == '[')
            {
                i = ReadBracket(text, i + 1, parts);
                continue;
            }

            if (text[i] == '.' && parts.Count > 0)
                i++;
            var start = i;
            while (i < text.Length && text[i] is not ('.' or '[' or ']' or '"' or ' '))
                i++;
            if (i == start)
                throw Malformed(text);
            parts.Add(text[start..i]);
        }

        return parts.Count > 0 ? parts : throw Malformed(text);
    }

    private static int ReadBracket(string text, int i, List<object> parts)
    {
        if (i < text.Length && text[i] == '"')
        {
            var length = GoQuote.Read(text, i, out var name);
            i += length;
            if (length == 0 || i >= text.Length || text[i] != ']')
                throw Malformed(text);
            parts.Add(name);
            return i + 1;
        }

        var end = text.IndexOf(']', i);
        if (end < 0 || !int.TryParse(text.AsSpan(i, end - i), System.Globalization.NumberStyles.None, null, out var index))
            throw Malformed(text);
        parts.Add(index);
        return end + 1;
    }

    private static LogQlException Malformed(string text) => LogQlException.Parse($"cannot parse expression [{text}]: syntax error");
}
