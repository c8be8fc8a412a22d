using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Observability.LogGenerator.Tests.Support;

/// <summary>
/// A store that shows exactly what a test gives it, changed on the way as by a proxy that a test scripts: lines twice at one
/// timestamp, other labels, half an answer. It answers <c>query_range</c> and <c>count_over_time</c>, over real HTTP.
/// </summary>
internal sealed partial class ScriptedStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ShownLine> _lines = [];

    private ScriptedStore(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Answers in the place of the store with this status, when it is not null.</summary>
    public int? Status { get; set; }

    /// <summary>Answers in the place of the store, when it is not null.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>Changes what is shown; null for a line that is not.</summary>
    public Func<ShownLine, ShownLine?> Change { get; set; } = line => line;

    /// <summary>The most lines of an answer.</summary>
    public int Cap { get; set; } = 5_000;

    /// <summary>How many lines a metric query counts beside those that there are.</summary>
    public int Miscounts { get; set; }

    /// <summary>The header of the last request that has it.</summary>
    public ConcurrentDictionary<string, string> Headers { get; } = [];

    /// <summary>The queries so far.</summary>
    public ConcurrentQueue<string> Queries { get; } = [];

    public static async Task<ScriptedStore> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var store = new ScriptedStore(app);
        app.Use(store.AnswerInsteadAsync);
        app.MapGet("/loki/api/v1/query_range", store.QueryRange);
        app.MapGet("/loki/api/v1/query", store.Count);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return store;
    }

    /// <summary>Adds a line with the labels and the metadata that it states.</summary>
    public void Add(long timestamp, string line) => _lines.Enqueue(new ShownLine(timestamp, line, LabelsOf(line)));

    /// <summary>Forgets everything, as a store in memory does when it is restarted.</summary>
    public void Restart() => _lines.Clear();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Dictionary<string, string> LabelsOf(string line)
    {
        var labels = new Dictionary<string, string> { ["namespace"] = "default", ["service"] = "unknown", ["level"] = "unknown" };
        try
        {
            using var json = JsonDocument.Parse(line);
            foreach (var name in new[] { "namespace", "service", "level", "pod" })
            {
                if (json.RootElement.TryGetProperty(name, out var value))
                    labels[name] = name == "level" ? value.GetString()!.ToLowerInvariant() : value.GetString()!;
            }
        }
        catch (JsonException)
        {
            // A line that is no JSON states nothing.
        }

        return labels;
    }

    [GeneratedRegex("""namespace=(?<regex>~?)"(?<value>[^"]*)".*?(?:service="(?<service>[^"]*)")?}""")]
    private static partial Regex Selector();

    [GeneratedRegex("""\|= "(?<text>[^"]*)"|\|~ `(?<pattern>[^`]*)`""")]
    private static partial Regex Filters();

    private async Task AnswerInsteadAsync(HttpContext context, RequestDelegate next)
    {
        foreach (var (name, value) in context.Request.Headers)
            Headers[name] = value.ToString();
        if (Instead is { } instead)
            await instead(context);
        else
            await next(context);
    }

    private IResult QueryRange(string query, long start, long end, int limit, string direction)
    {
        Queries.Enqueue(query);
        if (Status is { } status)
            return Results.Text("scripted", statusCode: status);
        if (direction != "forward" || limit > 5_000)
            return Results.BadRequest("max entries limit per query exceeded, or not forward");

        var values = Find(query)
            .Where(line => line.Timestamp >= start && line.Timestamp < end)
            .OrderBy(line => line.Timestamp)
            .Take(Math.Min(limit, Cap))
            .GroupBy(line => string.Join(',', line.Labels))
            .Select(group => new
            {
                stream = group.First().Labels,
                values = group.Select(line => new[] { line.Timestamp.ToString(CultureInfo.InvariantCulture), line.Line }),
            });
        return Results.Text(JsonSerializer.Serialize(new { status = "success", data = new { resultType = "streams", result = values } }),
            "application/json");
    }

    private IResult Count(string query)
    {
        Queries.Enqueue(query);
        var count = (Find(query).Count() + Miscounts).ToString(CultureInfo.InvariantCulture);
        var result = new[] { new { metric = new { }, value = new object[] { 1, count } } };
        return Results.Text(JsonSerializer.Serialize(new { status = "success", data = new { resultType = "vector", result } }),
            "application/json");
    }

    private IEnumerable<ShownLine> Find(string query)
    {
        var selector = Selector().Match(query);
        var name = JsonSerializer.Deserialize<string>($"\"{selector.Groups["value"].Value}\"")!;
        var namespaces = new Regex(selector.Groups["regex"].Length > 0 ? $"^(?:{name})$" : $"^{Regex.Escape(name)}$");
        var service = selector.Groups["service"] is { Success: true, Value: var value } ? value : null;
        var filters = Filters().Matches(query).Select(match => match.Groups["pattern"] is { Success: true } pattern
            ? (Func<string, bool>)new Regex(pattern.Value).IsMatch
            : line => line.Contains(match.Groups["text"].Value, StringComparison.Ordinal)).ToList();

        return _lines
            .Where(line => namespaces.IsMatch(line.Labels["namespace"]) && (service is null || line.Labels["service"] == service)
                && filters.TrueForAll(filter => filter(line.Line)))
            .Select(line => Change(line)!)
            .Where(line => line is not null);
    }
}
