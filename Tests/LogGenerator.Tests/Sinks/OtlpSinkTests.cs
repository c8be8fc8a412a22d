using System.Diagnostics;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.LogGenerator.Telemetry;
using Observability.LogGenerator.Tests.Support;
using Observability.ServiceDefaults.Protos.OpenTelemetry;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Tests.Sinks;

[Collection(ProcessWideMetrics.Name)]
public sealed class OtlpSinkTests : IAsyncLifetime
{
    private static readonly DateTime Time = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);

    private readonly Queue<Func<HttpContext, Task>> _answers = new();
    private readonly List<ExportLogsServiceRequest> _received = [];
    private readonly List<string> _parents = [];
    private WebApplication _receiver = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _receiver = builder.Build();
        _receiver.MapPost("/v1/logs", async (HttpContext context) =>
        {
            Assert.Equal("application/x-protobuf", context.Request.ContentType);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _parents.Add(context.Request.Headers.TraceParent.ToString());
            _received.Add(ExportLogsServiceRequest.Parser.ParseFrom(body.ToArray()));
            if (_answers.TryDequeue(out var answer))
                await answer(context);
        });
        await _receiver.StartAsync(Token);
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_line_comes_with_its_text_fields_severity_and_resource()
    {
        using var sink = Create();
        var batch = new LineBatch();
        var random = new LineRandom(1);
        batch.Add(new HttpRequestLine(), new LineContext(Time, random, 1));
        batch.Add(new LoginFailedLine(), new LineContext(Time, random, 2));
        batch.Add(new PlainTextLine(), new LineContext(Time, random, 3));
        batch.Add(new HttpRequestLine(), new LineContext(Time, random, 4));

        await sink.WriteAsync(batch, Token);

        var request = Assert.Single(_received);
        Assert.Equal(["gateway", "accounts", "reports"],
            request.ResourceLogs.Select(resource => Attribute(resource.Resource.Attributes, "service.name")));
        Assert.All(request.ResourceLogs, resource =>
        {
            Assert.Equal("shop", Attribute(resource.Resource.Attributes, "service.namespace"));
            Assert.Equal("shop", Attribute(resource.Resource.Attributes, "k8s.namespace.name"));
        });
        Assert.Equal([2, 1, 1], request.ResourceLogs.Select(resource => resource.ScopeLogs.Single().LogRecords.Count));

        var http = request.ResourceLogs[0].ScopeLogs[0].LogRecords[0];
        Assert.StartsWith("{\"timestamp\":\"2026-01-02T03:04:05.678Z\"", http.Body.StringValue, StringComparison.Ordinal);
        Assert.Equal((ulong)(Time - DateTime.UnixEpoch).Ticks * 100, http.TimeUnixNano);
        Assert.NotEqual(0UL, http.ObservedTimeUnixNano);
        Assert.Equal((16, 8), (http.TraceId.Length, http.SpanId.Length));
        Assert.Contains(Convert.ToHexStringLower(http.TraceId.Span), http.Body.StringValue, StringComparison.Ordinal);
        Assert.Equal(["log.record.uid", "method", "path", "status", "duration_ms", "bytes", "client_ip", "user_agent"],
            http.Attributes.Select(attribute => attribute.Key));

        var login = request.ResourceLogs[1].ScopeLogs[0].LogRecords[0];
        Assert.Equal((13, "WARN"), (login.SeverityNumber, login.SeverityText));
        Assert.Equal(["log.record.uid", "user.id", "user.roles", "attempts", "locked"],
            login.Attributes.Select(attribute => attribute.Key));
        Assert.Equal(AnyValue.ValueOneofCase.BoolValue, login.Attributes[4].Value.ValueCase);

        Assert.Equal(["log.record.uid"], request.ResourceLogs[2].ScopeLogs[0].LogRecords[0].Attributes.Select(attribute => attribute.Key));
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_line_of_the_catalogue_can_be_sent()
    {
        using var sink = Create();
        var batch = new LineBatch();
        var random = new LineRandom(4);
        foreach (var mix in (LineMix[])[LineCatalogue.Everyday, LineCatalogue.Errors, LineCatalogue.HighCardinality, LineCatalogue.Broken])
        {
            for (var i = 0; i < 400 && !batch.IsFull; i++)
                batch.Add(mix.Pick(random), new LineContext(Time, random, i));
        }

        await sink.WriteAsync(batch, Token);

        Assert.Equal(batch.Count, Lines(Assert.Single(_received)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_batch_is_sent_again_until_it_is_taken(int status)
    {
        using var sink = Create();
        _answers.Enqueue(context => Answer(context, status));
        _answers.Enqueue(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        await sink.WriteAsync(Batch(3), Token);

        Assert.Equal(3, _received.Count);
        Assert.All(_received, request => Assert.Equal(3, Lines(request)));
        Assert.Equal(0, sink.FailedLines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_has_an_identifier_that_only_its_own_repetition_shares()
    {
        using var sink = Create();
        using var otherRun = Create();
        _answers.Enqueue(context => Answer(context, 503));

        await sink.WriteAsync(Batch(3), Token);
        await sink.WriteAsync(Batch(3), Token);
        await otherRun.WriteAsync(Batch(3), Token);

        var identifiers = _received.ConvertAll(Identifiers);
        Assert.Equal(identifiers[0], identifiers[1]);
        Assert.Distinct(identifiers.Skip(1).SelectMany(ofRequest => ofRequest));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_for_good_is_counted()
    {
        using var sink = Create();
        _answers.Enqueue(context => Answer(context, 400));

        await sink.WriteAsync(Batch(3), Token);

        Assert.Single(_received);
        Assert.Equal(3, sink.FailedLines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_partial_success_is_counted()
    {
        using var sink = Create();
        _answers.Enqueue(context => context.Response.Body.WriteAsync(new ExportLogsServiceResponse
        {
            PartialSuccess = new ExportLogsPartialSuccess { RejectedLogRecords = 2, ErrorMessage = "too old" },
        }.ToByteArray()).AsTask());

        await sink.WriteAsync(Batch(3), Token);

        Assert.Equal(2, sink.FailedLines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_with_traced_lines_goes_in_the_trace_of_the_first_and_each_of_them_states_its_own()
    {
        using var sink = Create();
        using var spans = new SentSpans();
        Activity?[] traces = [null, SentSpans.Begin(), SentSpans.Begin()];
        var batch = new LineBatch();
        foreach (var trace in traces)
            batch.Add(new PlainTextLine(), new LineContext(Time, new LineRandom(1), 1, trace));

        await sink.WriteAsync(batch, Token);

        var records = Assert.Single(_received).ResourceLogs.Single().ScopeLogs.Single().LogRecords;
        Assert.Equal(
            traces.Select(trace => trace is null ? ("", "", 0u) : (trace.TraceId.ToHexString(), trace.SpanId.ToHexString(), 1u)),
            records.Select(record => (
                Convert.ToHexStringLower(record.TraceId.Span), Convert.ToHexStringLower(record.SpanId.Span), record.Flags)));
        var span = Assert.Single(spans.Ended);
        Assert.Equal((traces[1]!.TraceId, traces[1]!.SpanId, "send otlp"), (span.TraceId, span.ParentSpanId, span.DisplayName));
        Assert.Equal([traces[2]!.SpanId], span.Links.Select(link => link.Context.SpanId));
        Assert.Equal(3, span.GetTagItem("loggenerator.batch.lines"));
        Assert.Matches($"^00-{span.TraceId}-[0-9a-f]{{16}}-01$", Assert.Single(_parents));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_without_a_traced_line_makes_no_span()
    {
        using var sink = Create();
        using var spans = new SentSpans();

        await sink.WriteAsync(Batch(3), Token);

        Assert.Empty(spans.Ended);
        Assert.All(Assert.Single(_received).ResourceLogs[0].ScopeLogs[0].LogRecords, record => Assert.Equal(0u, record.Flags));
    }

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static LineBatch Batch(int lines)
    {
        var batch = new LineBatch();
        var random = new LineRandom(1);
        for (var i = 0; i < lines; i++)
            batch.Add(new RequestProcessedLine(), new LineContext(Time, random, i));
        return batch;
    }

    private static int Lines(ExportLogsServiceRequest request) =>
        request.ResourceLogs.Sum(resource => resource.ScopeLogs.Sum(scope => scope.LogRecords.Count));

    private static List<string?> Identifiers(ExportLogsServiceRequest request) =>
        [.. request.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords)
            .Select(record => Attribute(record.Attributes, "log.record.uid"))];

    private static string? Attribute(IEnumerable<KeyValue> attributes,
        string key) => attributes.SingleOrDefault(attribute => attribute.Key == key)?.Value.StringValue;

    private OtlpSink Create()
    {
        var address = _receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var settings = SettingsReader.Read<LogGeneratorSettings>(new ConfigurationBuilder()
            .AddInMemoryCollection(
                [new("LogGenerator:Sinks", "otlp"), new("LogGenerator:Otlp:Endpoint", address), new("LogGenerator:Namespace", "shop")])
            .Build());
        var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new GeneratorMetrics(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        return new OtlpSink(settings, metrics, TimeProvider.System, NullLogger<OtlpSink>.Instance);
    }
}
