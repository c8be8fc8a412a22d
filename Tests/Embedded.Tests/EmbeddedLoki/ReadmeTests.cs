using System.Globalization;
using System.Text.RegularExpressions;

namespace Observability.Embedded.Tests.EmbeddedLoki;

public sealed partial class ReadmeTests
{
    [Fact]
    public void The_table_of_limits_has_each_one_with_its_default()
    {
        var readme = Repository.Read("Embedded/README.md");
        readme = readme[readme.IndexOf("### Limits", StringComparison.Ordinal)..];
        var rows = Row().Matches(readme).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value.Trim());
        var options = new EmbeddedLokiOptions();
        var limits = typeof(EmbeddedLokiOptions).GetProperties()
            .Where(p => p.Name is not (nameof(options.ShardStreams) or nameof(options.BlockIngestionUntil)
                or nameof(options.BlockIngestionStatusCode)))
            .ToDictionary(p => p.Name, p => Show(p.Name, p.GetValue(options)!));
        Assert.Equal(Lines(limits), Lines(rows));
    }

    private static IEnumerable<string> Lines(Dictionary<string, string> table) =>
        table.Select(row => $"{row.Key} = {row.Value}").Order(StringComparer.Ordinal);

    private static string Show(string name, object value)
    {
        if (value is TimeSpan time)
            return time.ToString("c", CultureInfo.InvariantCulture);
        var number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        var isSize = name.EndsWith("Bytes", StringComparison.Ordinal) || name.EndsWith("Size", StringComparison.Ordinal)
            || name.EndsWith("Length", StringComparison.Ordinal);
        return !isSize || number == 0 ? number.ToString(CultureInfo.InvariantCulture)
            : number % (1024 * 1024) == 0 ? string.Create(CultureInfo.InvariantCulture, $"{number / (1024 * 1024)} MiB")
            : string.Create(CultureInfo.InvariantCulture, $"{number / 1024} KiB");
    }

    [GeneratedRegex(@"^\| `(?<name>[A-Z]\w+)` \| (?<value>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
