using System.Text;

namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>The names that Prometheus and Loki allow for a label: <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
internal static class LabelName
{
    public static bool IsPart(char c, bool first) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' || (!first && c is >= '0' and <= '9');

    public static bool IsValid(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!IsPart(name[i], i == 0))
                return false;
        }

        return name.Length > 0;
    }

    /// <summary>
    /// Structured metadata's names and OTLP attributes as the distributor translates them (prometheus/otlptranslator): each run of
    /// characters that are not allowed becomes one underscore, and a name that starts with a digit gets the prefix <c>key_</c>.
    /// </summary>
    public static string Normalize(string name)
    {
        if (IsValid(name) && !name.Contains("__", StringComparison.Ordinal))
            return name;
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (IsPart(c, first: false) && c != '_')
                text.Append(c);
            else if (text.Length == 0 || text[^1] != '_')
                text.Append('_');
        }

        if (text.Length > 0 && char.IsAsciiDigit(text[0]))
            text.Insert(0, "key_");
        // __reserved__ names keep their shape.
        return name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && IsValid(name) ? name
            : text.ToString();
    }

    /// <summary>
    /// A JSON or logfmt key as the parsers of LogQL turn it into a label: every character that is not allowed becomes an underscore.
    /// </summary>
    public static string Sanitize(ReadOnlySpan<char> key, bool first)
    {
        key = key.Trim();
        if (key.IsEmpty)
            return "";
        var text = new StringBuilder(key.Length + 1);
        if (first && char.IsAsciiDigit(key[0]))
            text.Append('_');
        foreach (var c in key)
        {
            // A surrogate pair is one character in Go: one underscore.
            if (!char.IsLowSurrogate(c))
                text.Append(IsPart(c, first: false) ? c : '_');
        }

        return text.ToString();
    }
}
