using System.Text.RegularExpressions;

namespace Observability.Architecture.Tests;

/// <summary>The repository's C# files.</summary>
internal static partial class Source
{
    /// <summary>The projects that are delivered.</summary>
    public static IReadOnlyList<string> Projects { get; } = ["AllInOne", "AppHost", "Embedded", "Forwarder", "Integrations", "LogGenerator",
        "ServiceDefaults"];

    /// <summary>The files below a folder, relative to the repository, what a build makes left out.</summary>
    /// <param name="folder">The folder.</param>
    public static IEnumerable<string> Files(string folder) =>
        Repository.Files(folder, "*.cs").Select(file => file.Replace('\\', '/')).Where(file => !Built().IsMatch(file));

    /// <summary>The names of the types that a file declares outside any other type.</summary>
    /// <param name="text">The file's text.</param>
    public static IReadOnlyList<string> Types(string text) => [.. Declaration().Matches(text).Select(match => match.Groups["name"].Value)];

    [GeneratedRegex("(^|/)(bin|obj)/")]
    private static partial Regex Built();

    // File-scoped namespaces: what stands at the start of a line is declared outside any other type.
    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|ref|unsafe|partial)\s+)*(?:class|record\s+struct|record\s+class|record|struct|interface|enum|delegate\s+[\w<>\[\], ?]+?)\s+(?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
