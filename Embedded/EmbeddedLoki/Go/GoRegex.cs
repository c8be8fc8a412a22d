using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Observability.Embedded.EmbeddedLoki.Errors;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>
/// A regular expression of Go's: RE2's syntax and meaning by .NET's engine that takes linear time. Only a text beyond ASCII with a word
/// boundary in the pattern needs the engine that goes back, since Go's words are ASCII's; that one has a time limit.
/// </summary>
internal sealed class GoRegex
{
    // An automaton takes some 200 KB: this bounds what patterns that nobody asks for any more still hold.
    private const int MaxCached = 100;
    private static readonly TimeSpan MaxMatchTime = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<(string Pattern, string Form), GoRegex> Cache = [];
    private readonly Regex _linear;
    private readonly Lazy<Regex>? _exact;

    private GoRegex(string pattern, string prefix, string suffix, bool dotMatchesNewline)
    {
        Pattern = pattern;
        var translated = GoRegexTranslator.Translate(pattern, dotMatchesNewline);
        Names = translated.Names;
        try
        {
            _linear = new(prefix + translated.Text + suffix, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InsufficientExecutionStackException)
        {
            throw new FormatException($"error parsing regexp: expression too large: `{pattern}`");
        }

        if (translated.HasBoundaries)
        {
            _exact = new(() => new(
                prefix + GoRegexTranslator.Translate(pattern, dotMatchesNewline, exactBoundaries: true).Text
                    + suffix, RegexOptions.CultureInvariant, MaxMatchTime));
        }
    }

    /// <summary>As written in the query.</summary>
    public string Pattern { get; }

    /// <summary>Names of the capturing groups, empty for one without a name.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>For a stream's label: the whole value has to match, and a dot takes a line feed too.</summary>
    /// <exception cref="FormatException">Go would refuse the pattern.</exception>
    public static GoRegex Selector(string pattern) => Get(pattern, "selector", @"\A(?:", @")\z", dotMatchesNewline: true);

    /// <summary>For a label in a pipeline: the whole value has to match.</summary>
    /// <exception cref="FormatException">Go would refuse the pattern.</exception>
    public static GoRegex Whole(string pattern) => Get(pattern, "whole", @"\A(?:", @")\z", dotMatchesNewline: false);

    /// <summary>For a line: any part may match.</summary>
    /// <exception cref="FormatException">Go would refuse the pattern.</exception>
    public static GoRegex Anywhere(string pattern) => Get(pattern, "", "", "", dotMatchesNewline: false);

    /// <exception cref="LogQlException">The pattern takes too long on this text.</exception>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        try
        {
            return EngineFor(text).IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow();
        }
    }

    /// <summary>The first match.</summary>
    /// <exception cref="LogQlException">The pattern takes too long on this text.</exception>
    public Match Match(string text)
    {
        try
        {
            return EngineFor(text).Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow();
        }
    }

    /// <summary>All matches, none of which overlap; as in Go, an empty one right behind another does not count.</summary>
    /// <exception cref="LogQlException">The pattern takes too long on this text.</exception>
    public IEnumerable<Match> Matches(string text)
    {
        var end = -1;
        for (var match = Match(text); match.Success; match = Next(match))
        {
            if (match.Length > 0 || match.Index != end)
                yield return match;
            end = match.Index + match.Length;
        }
    }

    /// <summary>What group <paramref name="number"/> of a match took; null when it took nothing.</summary>
    public static string? Group(Match match, int number)
    {
        var group = number == 0 ? match : match.Groups[$"g{number}"];
        return group.Success ? group.Value : null;
    }

    /// <summary>All matches replaced by a template in which <c>$1</c>, <c>${1}</c> and <c>${name}</c> stand for groups.</summary>
    public string Replace(string text, string template, bool literally = false)
    {
        var result = new StringBuilder();
        var position = 0;
        foreach (var match in Matches(text))
        {
            result.Append(text, position, match.Index - position);
            if (literally)
                result.Append(template);
            else
                Expand(result, match, template);
            position = match.Index + match.Length;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    /// <summary>Go's Regexp.Expand: a group that there is not is empty, <c>$$</c> is a dollar sign.</summary>
    public void Expand(StringBuilder result, Match match, string template)
    {
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '$')
            {
                result.Append(template[i]);
                continue;
            }

            if (i + 1 < template.Length && template[i + 1] == '$')
            {
                result.Append('$');
                i++;
                continue;
            }

            var braces = i + 1 < template.Length && template[i + 1] == '{';
            var start = braces ? i + 2 : i + 1;
            var end = start;
            while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_'))
                end++;
            if (end == start || (braces && (end >= template.Length || template[end] != '}')))
            {
                result.Append('$');
                continue;
            }

            var name = template[start..end];
            var number = int.TryParse(name, out var index) ? index : IndexOf(name) + 1;
            if (int.TryParse(name, out _) || number > 0)
                result.Append(number <= Names.Count ? Group(match, number) : null);
            i = braces ? end : end - 1;
        }
    }

    private static GoRegex Get(string pattern, string form, string prefix, string suffix, bool dotMatchesNewline)
    {
        if (Cache.TryGetValue((pattern, form), out var known))
            return known;
        var regex = new GoRegex(pattern, prefix, suffix, dotMatchesNewline);
        if (Cache.Count >= MaxCached)
            Cache.Clear();
        return Cache[(pattern, form)] = regex;
    }

    private Match Next(Match match)
    {
        try
        {
            return match.NextMatch();
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow();
        }
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
                return i;
        }

        return -1;
    }

    private Regex EngineFor(ReadOnlySpan<char> text) => _exact is null || Ascii.IsValid(text) ? _linear : _exact.Value;

    private LogQlException TooSlow() => new($"the regular expression `{Pattern}` takes too long on a line that is not ASCII");
}
