using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Control;

[Collection(ProcessWideMetrics.Name)]
public sealed class GeneratorApiTests : IAsyncLifetime
{
    private GeneratorHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await GeneratorHost.StartAsync(
        ("LogGenerator:Sinks", "stdout"), ("LogGenerator:Rate", "50"), ("LogGenerator:Seed", "12"), ("ConnectionStrings:loki",
            "http://127.0.0.1:1"));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task The_state_tells_what_the_generator_does()
    {
        await WaitForAsync(state => state.GetProperty("lines").GetInt64() > 0);
        var state = await GetAsync();

        Assert.True(state.GetProperty("running").GetBoolean());
        Assert.Equal(50, state.GetProperty("rate").GetDouble());
        Assert.Equal("steady", state.GetProperty("pattern").GetString());
        Assert.Equal(12UL, state.GetProperty("seed").GetUInt64());
        Assert.Equal("stdout", Assert.Single(state.GetProperty("sinks").EnumerateArray()).GetString());
        Assert.Equal(JsonValueKind.Null, state.GetProperty("burst").ValueKind);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rate_and_pattern_change_while_it_runs()
    {
        var changed = await ReadAsync(await _host.Client.PutAsJsonAsync("/generator", new { rate = 70_000, pattern = "malformed" }, Token));
        Assert.Equal(70_000, changed.GetProperty("rate").GetDouble());
        Assert.Equal("malformed", changed.GetProperty("pattern").GetString());

        // At the first rate this many would take most of an hour.
        await WaitForAsync(state => state.GetProperty("lines").GetInt64() > 100_000);

        changed = await ReadAsync(await _host.Client.PutAsJsonAsync("/generator", new { rate = 1 }, Token));
        Assert.Equal("malformed", changed.GetProperty("pattern").GetString());
        Assert.Equal(1, await _host.ReadMetricAsync("loggenerator_target_rate_lines_per_second"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_burst_multiplies_the_rate()
    {
        var state = await ReadAsync(await _host.Client.PostAsJsonAsync("/generator/burst", new { factor = 20, duration = "1h" }, Token));

        Assert.Equal(1_000, state.GetProperty("targetRate").GetDouble());
        Assert.Equal(20, state.GetProperty("burst").GetProperty("factor").GetDouble());
        Assert.InRange(state.GetProperty("burst").GetProperty("remainingSeconds").GetDouble(), 3_500, 3_600);
    }

    [Fact(Timeout = 60_000)]
    public async Task It_stops_and_starts()
    {
        var stopped = await ReadAsync(await _host.Client.PostAsync("/generator/stop", null, Token));
        Assert.False(stopped.GetProperty("running").GetBoolean());
        Assert.Equal(0, stopped.GetProperty("targetRate").GetDouble());

        var started = await ReadAsync(await _host.Client.PostAsync("/generator/start", null, Token));
        Assert.True(started.GetProperty("running").GetBoolean());
        var lines = started.GetProperty("lines").GetInt64();
        await WaitForAsync(state => state.GetProperty("lines").GetInt64() > lines);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("PUT", "/generator", """{"rate":0}""", "rate")]
    [InlineData("PUT", "/generator", """{"rate":"NaN"}""", "rate")]
    [InlineData("PUT", "/generator", """{"rate":"Infinity"}""", "rate")]
    [InlineData("PUT", "/generator", """{"rate":1e400}""", "rate")]
    [InlineData("PUT", "/generator", """{"pattern":"calm"}""", "pattern")]
    [InlineData("POST", "/generator/burst", """{"factor":"NaN","duration":"1s"}""", "factor")]
    [InlineData("POST", "/generator/burst", """{"factor":"-Infinity","duration":"1s"}""", "factor")]
    [InlineData("POST", "/verify", """{"rate":"NaN"}""", "rate")]
    [InlineData("POST", "/generator/burst", """{"factor":-1,"duration":"1s"}""", "factor")]
    [InlineData("POST", "/generator/burst", """{"factor":2,"duration":"soon"}""", "duration")]
    [InlineData("POST", "/verify", """{"lines":0}""", "lines")]
    [InlineData("POST", "/verify", """{"rate":-1}""", "rate")]
    [InlineData("POST", "/verify", """{"timeout":"soon"}""", "timeout")]
    [InlineData("POST", "/verify", """{"maxOutstanding":0}""", "maxOutstanding")]
    [InlineData("POST", "/verify", """{"sink":"otlp"}""", "sink")]
    public async Task A_request_that_makes_no_sense_is_refused_by_field(string method, string path, string body, string field)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method),
            path)
        { Content = new StringContent(body, null, "application/json") };
        using var response = await _host.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("PUT", "/generator", """{"rate":5""", "application/json", 400, "The body cannot be read")]
    [InlineData("PUT", "/generator", """{"rate":"fast"}""", "application/json", 400, "The body cannot be read at rate")]
    [InlineData("PUT", "/generator", """{"rat":5}""", "application/json", 400,
        "The body cannot be read at rat: The JSON property 'rat' could not be mapped")]
    [InlineData("PUT", "/generator", "", "application/json", 400, "")]
    [InlineData("PUT", "/generator", "rate=5", "text/plain", 415, "The body must be JSON")]
    [InlineData("DELETE", "/generator", "", "application/json", 405, "/generator does not take DELETE")]
    [InlineData("GET", "/generator/nothing", "", "application/json", 404, "There is nothing at /generator/nothing")]
    public async Task Whatever_is_wrong_with_a_request_is_said_in_a_problem(string method, string path, string body, string type,
        int status, string detail)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, null, type) };
        using var response = await _host.Client.SendAsync(request, Token);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith(detail, (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("detail").GetString(),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task No_number_that_is_none_stops_the_generator()
    {
        foreach (var rate in new[] { "\"NaN\"", "\"Infinity\"", "-1", "1e400", "\"-Infinity\"" })
        {
            using var response = await _host.Client.PutAsync("/generator",
                new StringContent($"{{\"rate\":{rate}}}", null, "application/json"), Token);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        var lines = (await ReadAsync(await _host.Client.PutAsJsonAsync("/generator", new { rate = 1_000 }, Token))).GetProperty("lines")
            .GetInt64();
        await WaitForAsync(state => state.GetProperty("lines").GetInt64() > lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task Verify_says_when_the_store_cannot_be_reached()
    {
        using var response = await _host.Client.PostAsJsonAsync("/verify", new { lines = 10, timeout = "1s" }, Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("http://127.0.0.1:1/ cannot be reached", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_OpenAPI_document_describes_this_API_and_no_other()
    {
        var document = await _host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Token);

        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["/generator", "/generator/burst", "/generator/patterns", "/generator/start", "/generator/stop", "/verify"],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order());
        Assert.Equal(["get", "put"],
            document.GetProperty("paths").GetProperty("/generator").EnumerateObject().Select(operation => operation.Name).Order());
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
            Assert.False(string.IsNullOrEmpty(operation.Value.GetProperty("summary").GetString()));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_patterns_are_listed_with_what_they_do()
    {
        var patterns = await _host.Client.GetFromJsonAsync<JsonElement>("/generator/patterns", Token);

        Assert.Equal(8, patterns.GetArrayLength());
        Assert.All(patterns.EnumerateArray(),
            pattern => Assert.False(string.IsNullOrEmpty(pattern.GetProperty("description").GetString())));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_metrics_have_the_agreed_names()
    {
        await _host.WaitForMetricAsync("loggenerator_lines_total{", value => value > 0);
        var metrics = await _host.Client.GetStringAsync("/metrics", Token);

        Assert.Contains("loggenerator_lines_total{", metrics, StringComparison.Ordinal);
        Assert.Contains("sink=\"stdout\"", metrics, StringComparison.Ordinal);
        foreach (var name in (string[])["line_bytes_total", "target_rate_lines_per_second", "verified_lines_total", "missing_lines_total",
            "late_lines_total", "duplicate_lines_total", "out_of_order_lines_total"])
            Assert.Contains($"\nloggenerator_{name}", metrics, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private Task<JsonElement> GetAsync() => _host.Client.GetFromJsonAsync<JsonElement>("/generator", Token);

    private async Task WaitForAsync(Func<JsonElement, bool> wished)
    {
        while (!wished(await GetAsync()))
            await Task.Delay(20, Token);
    }
}
