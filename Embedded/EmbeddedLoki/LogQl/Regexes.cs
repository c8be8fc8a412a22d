using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>Go's regular expressions by .NET's non-backtracking engine, which like RE2 has no look-around and takes linear time.</summary>
internal static partial class Regexes
{
    private const int MaxCached = 1000;
    private static readonly ConcurrentDictionary<(string Pattern, bool Whole), Regex> Cache = [];

    /// <summary>For a label: the whole value has to match, and a dot takes a newline too.</summary>
    /// <exception cref="LogQlException">The pattern is malformed or uses what the engine lacks.</exception>
    public static Regex Whole(string pattern) => Get(pattern, whole: true);

    /// <summary>For a line: any part may match.</summary>
    /// <exception cref="LogQlException">The pattern is malformed or uses what the engine lacks.</exception>
    public static Regex Anywhere(string pattern) => Get(pattern, whole: false);

    private static Regex Get(string pattern, bool whole)
    {
        if (Cache.TryGetValue((pattern, whole), out var known))
            return known;
        var translated = NamedGroup().Replace(pattern, "(?<");
        // The rest of a flag group such as (?i) reaches to the end of its group, which the group around it makes the whole pattern.
        var text = whole ? $@"\A(?s:{translated})\z" : translated;
        try
        {
            var regex = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            if (Cache.Count >= MaxCached)
                Cache.Clear();
            return Cache[(pattern, whole)] = regex;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw LogQlException.Parse($"error parsing regexp: {exception.Message}: `{pattern}`");
        }
    }

    [GeneratedRegex(@"\(\?P<")]
    private static partial Regex NamedGroup();
}
