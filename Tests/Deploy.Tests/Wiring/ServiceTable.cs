using System.Globalization;
using System.Text.RegularExpressions;

namespace Observability.Deploy.Tests.Wiring;

/// <summary>The table of services in deploy/README.md.</summary>
internal static partial class ServiceTable
{
    public static IReadOnlyList<ServiceEntry> Read()
    {
        var releases = Repository.Read("deploy/charts.tsv").Split('\n').Where(line => !line.StartsWith('#'))
            .Select(line => line.Split('\t')[0]).ToHashSet();
        return
        [
            .. from match in Row().Matches(Repository.Read("deploy/README.md"))
               let release = match.Groups["by"].Value
               select new ServiceEntry(
                   match.Groups["name"].Value,
                   match.Groups["namespace"].Value,
                   int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture),
                   releases.Contains(release) ? release : "",
                   match.Groups["option"].Value),
        ];
    }

    [GeneratedRegex(@"^\| `(?<name>[a-z-]+)` \| (?<namespace>[a-z]+) \| (?<port>\d+) \| (?<by>[\w/-]+)(?: \((?<option>[a-z-]+)\))? \|",
        RegexOptions.Multiline)]
    private static partial Regex Row();
}
