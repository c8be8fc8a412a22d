using System.Text.RegularExpressions;

namespace Observability.Architecture.Tests;

/// <summary>Holds that a reader of one page finds the others.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_link_leads_to_a_file_and_to_a_heading_that_are_there(string page)
    {
        var folder = Path.GetDirectoryName(page) ?? "";
        var broken = Link().Matches(Repository.Read(page))
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Leads(folder, page, target));

        Assert.Empty(broken);
    }

    private static bool Leads(string folder, string page, string target)
    {
        var parts = target.Split('#');
        var path = parts[0].Length == 0 ? page : Path.Combine(folder, parts[0]);
        var isFile = File.Exists(Repository.PathOf(path));
        return parts.Length == 1
            ? isFile || Directory.Exists(Repository.PathOf(path))
            : isFile && Heading().Matches(Repository.Read(path)).Any(heading => Anchor(heading.Groups["text"].Value) == parts[1]);
    }

    // As the sites that show these pages make them.
    private static string Anchor(string heading) => NoAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
