using System.Text.Json;
using System.Text.RegularExpressions;
using Observability.AllInOne.Tests.Host;

namespace Observability.AllInOne.Tests.Docs;

/// <summary>Whoever copies a query from a page of the repository finds something with it.</summary>
public sealed partial class DocumentedQueryTests
{
    [Fact(Timeout = 120_000)]
    public async Task Every_query_of_the_documentation_finds_something_among_the_generated_lines()
    {
        var ct = TestContext.Current.CancellationToken;
        var queries = Repository.Pages.SelectMany(page => Queries(page).Select(query => (page, query))).ToList();
        Assert.Contains(queries, query => query.page == "README.md");
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "5000");
        // Some kinds of lines are one in a thousand.
        await running.FlowAsync(flow => flow.Stored.Total > 20_000, ct);

        List<string> wrong = [];
        foreach (var (page, query) in queries)
        {
            using var answer = await running.Client.GetAsync($"/loki/api/v1/query_range?limit=5&query={Uri.EscapeDataString(query)}", ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            if (!answer.IsSuccessStatusCode)
                wrong.Add($"{page}: {query}: {(int)answer.StatusCode} {text}");
            else if (JsonElement.Parse(text).GetProperty("data").GetProperty("result").GetArrayLength() == 0)
                wrong.Add($"{page}: {query} finds nothing");
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    // A line of a block ```logql is a query, or a remark if it starts as LogQL's remarks do.
    private static IEnumerable<string> Queries(string page) =>
        from block in Block().Matches(Repository.Read(page))
        from line in block.Groups["queries"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where !line.StartsWith('#')
        select line;

    [GeneratedRegex("^```logql\n(?<queries>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
