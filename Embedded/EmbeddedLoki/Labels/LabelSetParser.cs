using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>
/// Reads a stream's labels as a push carries them, <c>{a="b", c="d"}</c>: what Loki gives to Prometheus' <c>ParseMetric</c>.
/// </summary>
internal static class LabelSetParser
{
    /// <param name="text">The labels' text.</param>
    /// <param name="labels">The labels in the order of the text, duplicates included: the limits' check has to see them.</param>
    /// <param name="error">Prometheus' words, with line and column, when the text is not a set of labels.</param>
    public static bool TryParse(string text, out List<KeyValuePair<string, string>> labels, out string error)
    {
        labels = [];
        error = "";
        var i = SkipSpace(text, 0);
        if (i >= text.Length)
        {
            error = At(text, i, "unexpected end of input");
            return false;
        }

        if (text[i] != '{')
        {
            error = At(text, i, $"unexpected {Describe(text, i)}, expected label set");
            return false;
        }

        i = SkipSpace(text, i + 1);
        while (i < text.Length && text[i] != '}')
        {
            var start = i;
            string name;
            if (text[i] is '"' or '\'' or '`')
            {
                var read = GoQuote.Read(text, i, out name);
                if (read == 0)
                {
                    error = At(text, i, "unterminated quoted string");
                    return false;
                }

                i += read;
            }
            else
            {
                while (i < text.Length && LabelName.IsPart(text[i], i == start))
                    i++;
                if (i == start)
                {
                    error = At(text, i, $"unexpected {Describe(text, i)} in label set, expected identifier or \"}}\"");
                    return false;
                }

                name = text[start..i];
            }

            i = SkipSpace(text, i);
            if (i >= text.Length || text[i] != '=')
            {
                error = At(text, i, $"unexpected {Describe(text, i)} in label set, expected \"=\"");
                return false;
            }

            i = SkipSpace(text, i + 1);
            if (i >= text.Length || text[i] is not ('"' or '\'' or '`'))
            {
                error = At(text, i, $"unexpected {Describe(text, i)} in label set, expected string");
                return false;
            }

            var length = GoQuote.Read(text, i, out var value);
            if (length == 0)
            {
                error = At(text, i, "unterminated quoted string");
                return false;
            }

            labels.Add(KeyValuePair.Create(name, value));
            i = SkipSpace(text, i + length);
            if (i < text.Length && text[i] == ',')
            {
                i = SkipSpace(text, i + 1);
            }
            else if (i < text.Length && text[i] != '}')
            {
                error = At(text, i, $"unexpected {Describe(text, i)} in label set, expected \",\" or \"}}\"");
                return false;
            }
        }

        if (i >= text.Length)
        {
            error = At(text, i, "unexpected end of input inside braces");
            return false;
        }

        i = SkipSpace(text, i + 1);
        if (i < text.Length)
        {
            error = At(text, i, $"unexpected {Describe(text, i)}");
            return false;
        }

        return true;
    }

    private static int SkipSpace(string text, int i)
    {
        while (i < text.Length && text[i] is ' ' or '\t' or '\n' or '\r')
            i++;
        return i;
    }

    private static string At(string text, int i, string message)
    {
        var before = text.AsSpan(0, Math.Min(i, text.Length));
        return $"{before.Count('\n') + 1}:{before.Length - before.LastIndexOf('\n')}: parse error: {message}";
    }

    private static string Describe(string text, int i) => i < text.Length ? $"character: {GoQuote.Quote(text[i].ToString())}" : "end of input";
}
