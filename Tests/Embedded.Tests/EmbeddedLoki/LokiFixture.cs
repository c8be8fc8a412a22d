using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Observability.Embedded.EmbeddedLoki;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Embedded.Tests.EmbeddedLoki;

/// <summary>A server on a real port and a client that talks to it as Promtail and Grafana do.</summary>
internal sealed class LokiFixture : IAsyncDisposable
{
    private LokiFixture(EmbeddedLokiServer server)
    {
        Server = server;
        Client = new() { BaseAddress = server.Address };
    }

    public EmbeddedLokiServer Server { get; }

    public HttpClient Client { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LokiFixture> StartAsync(EmbeddedLokiOptions? options = null, TimeProvider? time = null) =>
        new(await EmbeddedLokiServer.StartAsync(options, 0, time ?? TimeProvider.System, Token));

    /// <summary>Now, in nanoseconds, cut to a second so that tests can add to it.</summary>
    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds() * 1_000_000_000;

    public static StreamAdapter Stream(string labels, params (long Time, string Line)[] entries)
    {
        var stream = new StreamAdapter { Labels = labels };
        foreach (var (time, line) in entries)
            stream.Entries.Add(Entry(time, line));
        return stream;
    }

    public static EntryAdapter Entry(long time, string line, params (string Name, string Value)[] metadata)
    {
        var entry = new EntryAdapter
        {
            Timestamp = new Timestamp { Seconds = Math.DivRem(time, 1_000_000_000, out var nanoseconds), Nanos = (int)nanoseconds },
            Line = line,
        };
        foreach (var (name, value) in metadata)
            entry.StructuredMetadata.Add(new LabelPairAdapter { Name = name, Value = value });
        return entry;
    }

    public Task<HttpResponseMessage> PushAsync(params StreamAdapter[] streams)
    {
        var request = new PushRequest();
        request.Streams.Add(streams);
        return PushAsync(Snappy.CompressToArray(request.ToByteArray()), "application/x-protobuf");
    }

    public async Task<HttpResponseMessage> PushAsync(byte[] body, string contentType, string? encoding = null,
        string path = "/loki/api/v1/push")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await Client.PostAsync(new Uri(path, UriKind.Relative), content, Token);
    }

    public Task<HttpResponseMessage> PushJsonAsync(string json) => PushAsync(Encoding.UTF8.GetBytes(json), "application/json");

    public async Task<(int Status, string Body)> GetAsync(string path, params (string Name, string Value)[] parameters)
    {
        using var response = await Client.GetAsync(Url(path, parameters), Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    public async Task<JsonElement> GetJsonAsync(string path, params (string Name, string Value)[] parameters)
    {
        var (status, body) = await GetAsync(path, parameters);
        Assert.True(status == 200, $"{status}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>The lines of a query, in the order of the answer, over the last day unless the parameters say otherwise.</summary>
    public async Task<string[]> LinesAsync(string query, params (string Name, string Value)[] parameters)
    {
        var result = await QueryAsync(query, parameters);
        return [.. result.EnumerateArray().SelectMany(s => s.GetProperty("values").EnumerateArray()).Select(v => v[1].GetString()!)];
    }

    /// <summary><c>data.result</c> of a range query over the last day.</summary>
    public async Task<JsonElement> QueryAsync(string query, params (string Name, string Value)[] parameters)
    {
        var all = new List<(string, string)> { ("query", query) };
        if (!parameters.Any(p => p.Name is "start" or "since"))
            all.Add(("since", "1d"));
        if (!parameters.Any(p => p.Name is "end"))
            all.Add(("end", Text(Now + 3_600_000_000_000)));
        var root = await GetJsonAsync("/loki/api/v1/query_range", [.. all, .. parameters]);
        return root.GetProperty("data").GetProperty("result");
    }

    /// <summary>An instant query's series as <c>{labels} value</c>.</summary>
    public async Task<string[]> InstantAsync(string query, long time)
    {
        var root = await GetJsonAsync("/loki/api/v1/query", ("query", query), ("time", Text(time)));
        var data = root.GetProperty("data");
        return data.GetProperty("resultType").GetString() == "scalar"
            ? [data.GetProperty("result")[1].GetString()!]
            : [.. data.GetProperty("result").EnumerateArray()
                .Select(s => $"{LabelsOf(s.GetProperty("metric"))} {s.GetProperty("value")[1].GetString()}")];
    }

    public static string LabelsOf(JsonElement labels) =>
        "{" + string.Join(",", labels.EnumerateObject().Select(p => $"{p.Name}={p.Value.GetString()}")) + "}";

    public static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static Uri Url(string path, params (string Name, string Value)[] parameters) =>
        new(path + "?" + string.Join('&', parameters.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}")), UriKind.Relative);

    public static async Task AssertAnswerAsync(HttpResponseMessage response, int status, string body)
    {
        using (response)
        {
            Assert.Equal((status, body), ((int)response.StatusCode, (await response.Content.ReadAsStringAsync(Token)).TrimEnd('\n')));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
