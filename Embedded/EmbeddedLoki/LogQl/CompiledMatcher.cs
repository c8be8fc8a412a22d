using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>A comparison of a label with a text, ready to be made many times.</summary>
internal sealed class CompiledMatcher
{
    private readonly Matcher _matcher;
    private readonly GoRegex? _regex;

    private CompiledMatcher(Matcher matcher, GoRegex? regex) => (_matcher, _regex) = (matcher, regex);

    /// <summary>For a selector: the dot of a pattern takes a line feed too.</summary>
    /// <exception cref="LogQlException">The pattern is malformed.</exception>
    public static CompiledMatcher Of(Matcher matcher) => Create(matcher, GoRegex.Selector);

    /// <summary>For a label in a pipeline.</summary>
    /// <exception cref="LogQlException">The pattern is malformed.</exception>
    public static CompiledMatcher OfPipeline(Matcher matcher) => Create(matcher, GoRegex.Whole);

    /// <summary>Whether a stream's labels fulfil all of some matchers.</summary>
    public static Predicate<LabelSet> OfSelector(IEnumerable<Matcher> matchers)
    {
        var all = matchers.Select(m => (m.Name, Matcher: Of(m))).ToArray();
        return labels => Array.TrueForAll(all, m => m.Matcher.Matches(labels.Get(m.Name)));
    }

    public bool Matches(string value) => _matcher.Operator switch
    {
        MatchOperator.Equal => value == _matcher.Value,
        MatchOperator.NotEqual => value != _matcher.Value,
        MatchOperator.Regex => _regex!.IsMatch(value),
        _ => !_regex!.IsMatch(value),
    };

    private static CompiledMatcher Create(Matcher matcher, Func<string, GoRegex> compile)
    {
        try
        {
            return new(matcher, matcher.Operator is MatchOperator.Regex or MatchOperator.NotRegex ? compile(matcher.Value) : null);
        }
        catch (FormatException exception)
        {
            throw LogQlException.Parse(exception.Message);
        }
    }
}
