namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// Which labels a metric query needs of its parsers (pkg/logql/log/parser_hints.go, v3.7.6). It is more than speed: a parser that has
/// nothing
/// to find reads nothing, so that <c>sum(count_over_time({a="b"} | json [5m]))</c> takes no offence at lines that are no JSON.
/// </summary>
internal sealed class ParserHints
{
    /// <summary>Every label, as for a query of lines.</summary>
    public static readonly ParserHints All = new(null, noLabels: false);

    private readonly HashSet<string>? _required;
    private readonly bool _noLabels;

    private ParserHints(HashSet<string>? required, bool noLabels) => (_required, _noLabels) = (required, noLabels);

    /// <summary>Whether the query asks for <c>__error__</c> itself: then it is no failure.</summary>
    public bool PreservesErrors => _required?.Contains(Line.ErrorLabel) == true;

    /// <param name="named">Labels that stages name.</param>
    /// <param name="groups">Labels of the grouping.</param>
    /// <param name="without">The grouping is <c>without</c>, so that it does not tell what is needed.</param>
    /// <param name="noLabels">The result has no labels.</param>
    /// <param name="unwrapped">The label that becomes the value; empty for none.</param>
    public static ParserHints Create(
        IEnumerable<string> named, IReadOnlyCollection<string> groups, bool without, bool noLabels, string unwrapped)
    {
        const string Suffix = "_extracted";
        var required = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in named.Concat(groups).Append(unwrapped).Where(name => name.Length > 0))
        {
            required.Add(name);
            if (name.EndsWith(Suffix, StringComparison.Ordinal))
                required.Add(name[..^Suffix.Length]);
        }

        if (noLabels)
            return required.Count > 0 ? new(required, noLabels: false) : new(null, noLabels: true);
        return without || groups.Count == 0 ? All : new(required, noLabels: false);
    }

    /// <summary>Whether parsers have nothing (more) to find in a line.</summary>
    public bool NeedsNothing(Line line) => _noLabels || HasAll(line);

    public bool HasAll(Line line) => _required is { Count: > 0 } && _required.All(line.WasExtracted);

    public bool Needs(string name) => _required is null || _required.Count == 0 || _required.Contains(name);

    public bool NeedsBelow(string prefix) =>
        _required is null || _required.Count == 0 || _required.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));
}
