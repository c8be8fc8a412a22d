using System.Text.RegularExpressions;

namespace Observability.Deploy.Tests.Config;

/// <summary>As much of Alloy's syntax as it takes to follow its references: blocks, components, dotted names, environment
/// variables.</summary>
internal sealed partial class AlloyText
{
    private readonly string _source;
    private readonly string _bare;

    private AlloyText(string source)
    {
        _source = source;
        // A string keeps its length, so that a label can still be read at its place.
        _bare = StringsAndComments().Replace(source, match => new string(match.Value[0] == '/' ? ' ' : '"', match.Length));
    }

    /// <summary>The files as Alloy reads a directory: one configuration.</summary>
    public static AlloyText Read(params IEnumerable<string> files) =>
        new(string.Join('\n', files.Select(file => File.ReadAllText(Path.Combine(ConfigFiles.Alloy, file)))));

    /// <summary>Without its comments, and with each run of white space as one blank.</summary>
    public string Essence => EssenceOf(_source);

    public IReadOnlyList<string> Components =>
        [.. Block().Matches(_bare).Where(match => Depth(match.Index) == 0 && match.Groups["label"].Success)
        .Select(Name)];

    /// <summary>What stands between the brackets of a component, as <see cref="Essence"/> has it.</summary>
    /// <param name="component">The component, as <see cref="Components"/> names it.</param>
    public string Body(string component)
    {
        var block = Block().Matches(_bare)
            .Single(match => Depth(match.Index) == 0 && match.Groups["label"].Success && Name(match) == component);
        var start = block.Index + block.Length;
        var end = start;
        for (var depth = 1; depth > 0; end++)
            depth += _bare[end] switch { '{' => 1, '}' => -1, _ => 0 };
        return EssenceOf(_source[start..(end - 1)]);
    }

    /// <summary>Dotted names that are neither blocks nor functions: what one component takes from another.</summary>
    public IEnumerable<string> References =>
        Dotted().Matches(_bare).Select(match => match.Value).Where(name => !name.StartsWith("sys.", StringComparison.Ordinal)).Distinct();

    public IEnumerable<string> Variables => Variable().Matches(_source).Select(match => match.Groups["name"].Value).Distinct();

    public IEnumerable<string> DocumentedVariables => Documented().Matches(_source).Select(match => match.Groups["name"].Value);

    /// <summary>The first bracket without its partner; null when there is none.</summary>
    public string? Unbalanced()
    {
        var open = new Stack<(char Bracket, int Line)>();
        var line = 1;
        foreach (var c in _bare)
        {
            switch (c)
            {
                case '\n':
                    line++;
                    break;
                case '{' or '[' or '(':
                    open.Push((c, line));
                    break;
                case '}' or ']' or ')' when !open.TryPop(out var last) || (last.Bracket, c) is not (('{', '}') or ('[', ']') or ('(', ')')):
                    return $"{c} in line {line}";
            }
        }

        return open.TryPop(out var left) ? $"{left.Bracket} of line {left.Line}" : null;
    }

    private static string EssenceOf(string source) =>
        Blanks().Replace(StringsAndComments().Replace(source, match => match.Value[0] == '/' ? " " : match.Value), " ").Trim();

    private string Name(Match block) =>
        $"{block.Groups["name"].Value}.{_source.Substring(block.Groups["label"].Index, block.Groups["label"].Length).Trim('"')}";

    private int Depth(int index) => _bare.AsSpan(0, index).Count('{') - _bare.AsSpan(0, index).Count('}');

    [GeneratedRegex("""
        //[^\n]*|"(\\.|[^"\\\n])*"|`[^`]*`
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex StringsAndComments();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("""
        (?<name>[a-z_][\w.]*)\s*(?<label>"+)?\s*\{
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Block();

    [GeneratedRegex("""
        (?>\b[a-z_]\w*(\.\w+)+)(?!\s*["({])
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Dotted();

    [GeneratedRegex("""
        sys\.env\("(?<name>\w+)"\)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^//   (?<name>[A-Z_]+)  ", RegexOptions.Multiline)]
    private static partial Regex Documented();
}
