using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Telemetry;
using Observability.ServiceDefaults;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Protos.OpenTelemetry;
using Observability.ServiceDefaults.Settings;
using Observability.ServiceDefaults.Telemetry;
using UnreachableException = Observability.ServiceDefaults.Cli.UnreachableException;

namespace Observability.LogGenerator.Sinks;

/// <summary>
/// Sends batches over OTLP/HTTP with binary protobuf. The body is the line as every other sink has it; the fields are
/// attributes as well. Retries as the OTLP specification says ("Failures"): 429, 502, 503, 504 and broken connections
/// with back-off, for as long as it takes; any other refusal is for good. Each record has a <c>log.record.uid</c> that a repetition
/// carries too: it tells a line that was sent again from another line that reads the same.
/// </summary>
internal sealed partial class OtlpSink : ILogSink
{
    public const string SinkName = "otlp";

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);
    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");

    // An ExportLogsServiceResponse is a number and a sentence.
    private const int MostAnswer = 64 * 1024;

    private readonly HttpClient _client = HttpClients.Create(timeout: RequestTimeout);
    private readonly LogThrottle _retries;
    private readonly Dictionary<ServiceName, ScopeLogs> _scopes = [];
    private readonly ArrayBufferWriter<byte> _body = new(64 * 1024);
    private readonly Uri _target;
    private readonly string _namespace;
    private readonly GeneratorMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    // No two runs may share their identifiers, whatever their seed.
    private readonly string _run = Guid.NewGuid().ToString("N")[..16];
    private long _records;
    private long _delivered;
    private long _failed;

    public OtlpSink(LogGeneratorSettings settings, GeneratorMetrics metrics, TimeProvider time, ILogger<OtlpSink> logger)
    {
        _target = new Uri(settings.Otlp.Endpoint ?? throw new InvalidOperationException("No OTLP endpoint is set."), "v1/logs");
        _namespace = settings.Namespace;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _retries = new LogThrottle(time, LogInterval);
    }

    public string Name => SinkName;

    public string Target => Urls.WithoutLogin(_target).ToString();

    public long DeliveredLines => Volatile.Read(ref _delivered);

    public long FailedLines => Volatile.Read(ref _failed);

    public string? Trouble { get; private set; }

    // A batch is taken only once it is delivered.
    public long PendingLines => 0;

    public async ValueTask WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        _body.ResetWrittenCount();
        ToRequest(batch).WriteTo(_body);

        // The request that is made within it carries its traceparent.
        using var span = batch.TracedLines == 0 ? null : Begin(batch);
        var backoff = new Backoff(FirstBackOff, LongestBackOff, LongestAsked, Random.Shared);
        for (var settled = false; !settled;)
        {
            (settled, var retryAfter) = await TrySendAsync(batch.Count, cancellationToken);
            if (!settled)
                await Task.Delay(backoff.Next(retryAfter), _time, cancellationToken);
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose() => _client.Dispose();

    /// <summary>Sends no lines, just to see that somebody listens.</summary>
    /// <exception cref="UnreachableException">Nobody does.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent([]) { Headers = { ContentType = Protobuf } };
            using var response = await _client.PostAsync(_target, content, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new UnreachableException($"{Target} cannot be reached: {HttpClients.Explain(exception, _target)}", exception);
        }
    }

    /// <summary>Makes the request: a resource for each service in the batch.</summary>
    internal ExportLogsServiceRequest ToRequest(LineBatch batch)
    {
        _scopes.Clear();
        var request = new ExportLogsServiceRequest();
        var observed = (ulong)UnixTime.ToNanoseconds(_time.GetUtcNow().UtcDateTime);
        foreach (ref readonly var line in batch.Lines)
        {
            if (!_scopes.TryGetValue(line.Info.Service, out var scope))
            {
                scope = new ScopeLogs { Scope = new InstrumentationScope { Name = "loggenerator" } };
                _scopes.Add(line.Info.Service, scope);
                request.ResourceLogs.Add(new ResourceLogs
                {
                    Resource = new Resource
                    {
                        Attributes =
                        {
                            OtlpAttributes.Text("service.name", line.Info.Service.Text),
                            OtlpAttributes.Text("service.namespace", _namespace),
                            OtlpAttributes.Text("k8s.namespace.name", _namespace),
                        },
                    },
                    ScopeLogs = { scope },
                });
            }

            scope.LogRecords.Add(ToRecord(line, batch.Bytes(line), observed));
        }

        return request;
    }

    // The first traced line's own, with links to the others' traces.
    private Activity? Begin(LineBatch batch)
    {
        Activity? span = null;
        foreach (ref readonly var line in batch.Lines)
        {
            if (line.Trace is not { } trace)
                continue;
            if (span is not null)
                span.AddLink(new ActivityLink(trace.Context));
            else if ((span = LineTracer.Source.StartActivity("send otlp", ActivityKind.Producer, trace.Context)) is null)
                return null;
        }

        return span?.SetTag("loggenerator.batch.lines", batch.Count).SetTag("loggenerator.batch.bytes", _body.WrittenCount);
    }

    // Severity numbers are those of the OpenTelemetry log data model: the first of each range of four.
    private LogRecord ToRecord(in BatchedLine line, ReadOnlySpan<byte> bytes, ulong observed)
    {
        var (number, text) = line.Info.Severity switch
        {
            LineSeverity.Debug => (5, "DEBUG"),
            LineSeverity.Info => (9, "INFO"),
            LineSeverity.Warn => (13, "WARN"),
            _ => (17, "ERROR"),
        };
        var record = new LogRecord
        {
            TimeUnixNano = (ulong)UnixTime.ToNanoseconds(line.Timestamp),
            ObservedTimeUnixNano = observed,
            SeverityNumber = number,
            SeverityText = text,
            Body = new AnyValue { StringValue = Encoding.UTF8.GetString(bytes) },
            Attributes = { OtlpAttributes.Text(OtlpAttributes.RecordId,
                string.Create(CultureInfo.InvariantCulture, $"{_run}-{++_records}")) },
        };
        if (line.Info.Format == LineFormat.Json)
            OtlpAttributes.Add(record, bytes);
        if (line.Trace is { } trace)
            OtlpAttributes.SetTrace(record, trace);
        return record;
    }

    /// <summary>Sends the body once.</summary>
    /// <returns>Whether that settled it, and if not how long the receiver asks to wait; null when it does not say.</returns>
    private async Task<(bool Settled, TimeSpan? RetryAfter)> TrySendAsync(int lines, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(_body.WrittenMemory) { Headers = { ContentType = Protobuf } };
            using var request = new HttpRequestMessage(HttpMethod.Post, _target) { Content = content };
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                Settle(lines, Rejected(await response.Content.ReadBytesAsync(MostAnswer, cancellationToken)));
                return (true, null);
            }

            var reason = $"{(int)response.StatusCode} {response.ReasonPhrase}";
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout)
            {
                Retry($"answered {reason}");
                return (false, Backoff.RetryAfter(response.Headers, _time.GetUtcNow()));
            }

            Settle(lines, (lines, reason));
            return (true, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Retry($"cannot be reached: {HttpClients.Explain(exception, _target)}");
            return (false, null);
        }
    }

    private static (long Lines, string Reason) Rejected(ReadOnlyMemory<byte> body)
    {
        try
        {
            var answer = ExportLogsServiceResponse.Parser.ParseFrom(body.Span);
            return answer.PartialSuccess is { RejectedLogRecords: > 0 } partial
                ? (partial.RejectedLogRecords, partial.ErrorMessage)
                : default;
        }
        catch (InvalidProtocolBufferException)
        {
            // Accepted all the same: a success, with a body that is not OTLP's.
            return default;
        }
    }

    private void Settle(int lines, (long Lines, string Reason) rejected)
    {
        Trouble = null;
        var failed = Math.Min(rejected.Lines, lines);
        Interlocked.Add(ref _delivered, lines - failed);
        if (failed == 0)
            return;
        Interlocked.Add(ref _failed, failed);
        _metrics.Failed(SinkName, failed);
        LogFailed(Urls.WithoutLogin(_target), failed, rejected.Reason);
    }

    private void Retry(string reason)
    {
        Trouble = $"{Urls.WithoutLogin(_target)} {reason}";
        _metrics.Failed(SinkName, 1);
        if (_retries.TryPass(out var held))
            LogRetry(Trouble, held);
    }
}
