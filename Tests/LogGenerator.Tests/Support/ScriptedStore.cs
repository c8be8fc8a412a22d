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
/// A store that shows exactly what a test gives it, even what no store should show: lines twice at one timestamp,
/// thousands at one timestamp, nothing for a while. It answers <c>query_range</c> alone, over real HTTP.
/// </summary>
internal sealed partial class ScriptedStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(long Timestamp, string Line)> _lines = [];

    private ScriptedStore(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Answers in the place of the store with this status, when it is not null.</summary>
    public int? Status { get; set; }

    /// <summary>The queries so far.</summary>
    public ConcurrentQueue<string> Queries { get; } = [];

    public static async Task<ScriptedStore> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var store = new ScriptedStore(app);
        app.MapGet("/loki/api/v1/query_range", store.QueryRange);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public void Add(long timestamp, string line) => _lines.Enqueue((timestamp, line));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [GeneratedRegex("""\|= "(?<text>[^"]*)"(?: \|~ `(?<pattern>[^`]*)`)?$""")]
    private static partial Regex Filters();

    private IResult QueryRange(string query, long start, long end, int limit, string direction)
    {
        Queries.Enqueue(query);
        if (Status is { } status)
            return Results.Text("scripted", statusCode: status);
        if (direction != "forward" || limit > 5_000)
            return Results.BadRequest("max entries limit per query exceeded, or not forward");

        var filters = Filters().Match(query);
        var pattern = filters.Groups["pattern"] is { Success: true, Value: var value } ? new Regex(value) : null;
        var values = _lines
            .Where(line => line.Timestamp >= start && line.Timestamp < end
                && line.Line.Contains(filters.Groups["text"].Value, StringComparison.Ordinal)
                && pattern?.IsMatch(line.Line) != false)
            .OrderBy(line => line.Timestamp)
            .Take(limit)
            .Select((line, i) => (Stream: i % 3, Value: new[] { line.Timestamp.ToString(CultureInfo.InvariantCulture), line.Line }))
            .GroupBy(line => line.Stream, line => line.Value)
            .Select(group => new { stream = new { service = "loggenerator-verify", pod = group.Key.ToString(CultureInfo.InvariantCulture) }, values = group });
        return Results.Text(JsonSerializer.Serialize(new { status = "success", data = new { resultType = "streams", result = values } }), "application/json");
    }
}
