using System.Text.RegularExpressions;

namespace Observability.Deploy.Tests.Config;

/// <summary>The names of the series in a PromQL expression: what is left when all that cannot be one is taken away.</summary>
internal static partial class PromQlNames
{
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal) { "and", "or", "unless", "bool", "offset", "by",
        "without", "on", "ignoring", "group_left", "group_right", "inf", "nan" };

    public static IEnumerable<string> In(string expression)
    {
        var bare = Text().Replace(expression, "");
        bare = Braces().Replace(bare, " ");
        bare = Brackets().Replace(bare, " ");
        bare = Lists().Replace(bare, " ");
        return Identifier().Matches(bare)
            .Where(match => !Keywords.Contains(match.Value.ToLowerInvariant())
                && !bare.AsSpan(match.Index + match.Length).TrimStart().StartsWith("("))
            .Select(match => match.Value)
            .Distinct();
    }

    [GeneratedRegex("""
        "(\\.|[^"\\])*"|'(\\.|[^'\\])*'
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Text();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Lists();

    // Not the letter of a duration or of an exponent.
    [GeneratedRegex(@"(?<![\w.])[A-Za-z_:][\w:]*")]
    private static partial Regex Identifier();
}
