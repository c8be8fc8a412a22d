using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Telemetry;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

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
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");

    // Not from the factory: its resilience handler would retry below this sink's own retries.
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = RequestTimeout };
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
    private long _failed;

    public OtlpSink(LogGeneratorSettings settings, GeneratorMetrics metrics, TimeProvider time, ILogger<OtlpSink> logger)
    {
        _target = new Uri(settings.OtlpEndpoint ?? throw new InvalidOperationException("No OTLP endpoint is set."), "v1/logs");
        _namespace = settings.Namespace;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    public string Name => SinkName;

    public long FailedLines => Volatile.Read(ref _failed);

    // A batch is taken only once it is delivered.
    public long PendingLines => 0;

    public async ValueTask WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        _body.ResetWrittenCount();
        ToRequest(batch).WriteTo(_body);
        var backOff = FirstBackOff;
        while (true)
        {
            var retryAfter = await TrySendAsync(batch.Count, cancellationToken);
            if (retryAfter is null)
                return;

            // Jitter, so that many senders do not come back as one.
            var wait = retryAfter > TimeSpan.Zero ? retryAfter.Value : backOff * (0.5 + Random.Shared.NextDouble());
            await Task.Delay(wait, _time, cancellationToken);
            backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose() => _client.Dispose();

    /// <summary>Makes the request: a resource for each service in the batch.</summary>
    internal ExportLogsServiceRequest ToRequest(LineBatch batch)
    {
        _scopes.Clear();
        var request = new ExportLogsServiceRequest();
        var observed = UnixNanoseconds(_time.GetUtcNow().UtcDateTime);
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
            TimeUnixNano = UnixNanoseconds(line.Timestamp),
            ObservedTimeUnixNano = observed,
            SeverityNumber = number,
            SeverityText = text,
            Body = new AnyValue { StringValue = Encoding.UTF8.GetString(bytes) },
            Attributes = { OtlpAttributes.Text(OtlpAttributes.RecordId, string.Create(CultureInfo.InvariantCulture, $"{_run}-{++_records}")) },
        };
        if (line.Info.Format == LineFormat.Json)
            OtlpAttributes.Add(record, bytes);
        return record;
    }

    private static ulong UnixNanoseconds(DateTime utc) => (ulong)(utc - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Sends the body once.</summary>
    /// <returns>Null when that settled it; else how long the receiver asks to wait, zero when it does not say.</returns>
    private async Task<TimeSpan?> TrySendAsync(int lines, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(_body.WrittenMemory) { Headers = { ContentType = Protobuf } };
            using var response = await _client.PostAsync(_target, content, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                var answer = ExportLogsServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(cancellationToken));
                if (answer.PartialSuccess is { RejectedLogRecords: > 0 } partial)
                    Fail(partial.RejectedLogRecords, partial.ErrorMessage);
                return null;
            }

            var reason = $"{(int)response.StatusCode} {response.ReasonPhrase}";
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            {
                Retry(reason);
                return RetryAfter(response);
            }

            Fail(lines, reason);
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Retry(exception.Message);
            return TimeSpan.Zero;
        }
        catch (InvalidProtocolBufferException)
        {
            // Accepted all the same: a success, with a body that is not OTLP's.
            return null;
        }
    }

    private TimeSpan RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => TimeSpan.Zero,
    };

    private void Retry(string reason)
    {
        _metrics.Failed(SinkName, 1);
        LogRetry(_logger, _target, reason);
    }

    private void Fail(long lines, string reason)
    {
        Interlocked.Add(ref _failed, lines);
        _metrics.Failed(SinkName, lines);
        LogFailed(_logger, _target, lines, reason);
    }
}
