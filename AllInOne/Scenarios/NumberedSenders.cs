using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using Google.Protobuf;
using Observability.ServiceDefaults;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.AllInOne.Scenarios;

/// <summary>
/// Senders as OpenTelemetry's exporters are, but tireless: requests of 100 numbered lines over OTLP/HTTP, each repeated on 429, 502, 503,
/// 504, a time-out and a broken connection until it is answered.
/// </summary>
internal sealed class NumberedSenders(Uri target, Fault fault, int rate, string run, TimeProvider time) : IDisposable
{
    /// <summary>The attribute that tells a line from all others, by OpenTelemetry's conventions.</summary>
    public const string IdAttribute = "log.record.uid";

    /// <summary>Lines of a request.</summary>
    public const int LinesPerRequest = 100;

    private const int LineBytes = 250;

    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _client = HttpClients.Create(timeout: fault.SenderTimeout);
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _acknowledged = new(StringComparer.Ordinal);
    private readonly Uri _target = new(target, "v1/logs");
    private readonly int _requests = (int)(fault.Duration.TotalSeconds * rate / LinesPerRequest);
    private int _next = -1;
    private long _longest;

    /// <summary>Lines that are made in all.</summary>
    public int Lines => _requests * LinesPerRequest;

    /// <summary>The lines that were acknowledged.</summary>
    public IReadOnlyCollection<string> Acknowledged => (IReadOnlyCollection<string>)_acknowledged.Keys;

    /// <summary>Sends all lines at the rate, and until each is answered.</summary>
    public Task SendAsync(CancellationToken stop)
    {
        var start = time.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, fault.Senders).Select(_ => Task.Run(() => SendShareAsync(start, stop), stop)));
    }

    /// <summary>What the senders saw, such as <c>200; 503 x12; waits 9.8 s</c>.</summary>
    public string Describe()
    {
        var seen = _answers.Where(answer => answer.Key != "200").OrderBy(answer => answer.Key, StringComparer.Ordinal)
            .Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Key} x{answer.Value}")).ToList();
        var longest = TimeSpan.FromTicks(_longest);
        if (longest >= TimeSpan.FromSeconds(1))
            seen.Add(string.Create(CultureInfo.InvariantCulture, $"waits {longest.TotalSeconds:0.0} s"));
        return _answers.ContainsKey("200") ? seen.Count == 0 ? "200 only" : $"200; {string.Join("; ", seen)}" : string.Join("; ", seen);
    }

    public void Dispose() => _client.Dispose();

    private async Task SendShareAsync(long start, CancellationToken stop)
    {
        int number;
        while ((number = Interlocked.Increment(ref _next)) < _requests)
        {
            var due = TimeSpan.FromSeconds((double)number * LinesPerRequest / rate) - time.GetElapsedTime(start);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, time, stop);

            var (body, ids) = Make(number);
            var began = time.GetTimestamp();
            while (!await TrySendAsync(body, ids, stop))
                await Task.Delay(Pause, time, stop);
            InterlockedMax(time.GetElapsedTime(began).Ticks);
        }
    }

    private (byte[] Body, List<string> Ids) Make(int request)
    {
        var scope = new ScopeLogs { Scope = new InstrumentationScope { Name = "scenario" } };
        var ids = new List<string>(LinesPerRequest);
        for (var i = 0; i < LinesPerRequest; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{run}-{(request * LinesPerRequest) + i}");
            ids.Add(id);
            var length = i == LinesPerRequest / 2 && fault.LongLineBytes > 0 ? fault.LongLineBytes : LineBytes;
            var text = string.Create(CultureInfo.InvariantCulture, $"line {id} ").PadRight(length, '.');
            scope.LogRecords.Add(new LogRecord
            {
                TimeUnixNano = (ulong)UnixTime.ToNanoseconds(time.GetUtcNow()),
                SeverityText = "INFO",
                Body = new AnyValue { StringValue = text },
                Attributes = { new KeyValue { Key = IdAttribute, Value = new AnyValue { StringValue = id } } },
            });
        }

        var service = new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = $"scenario-{request % fault.Senders}" } };
        var resource = new ResourceLogs { Resource = new Resource { Attributes = { service } }, ScopeLogs = { scope } };
        return (new ExportLogsServiceRequest { ResourceLogs = { resource } }.ToByteArray(), ids);
    }

    // Whether that settled it.
    private async Task<bool> TrySendAsync(byte[] body, List<string> ids, CancellationToken stop)
    {
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = Protobuf } };
            using var answer = await _client.PostAsync(_target, content, stop);
            var rejected = 0L;
            if (answer.IsSuccessStatusCode)
            {
                var response = ExportLogsServiceResponse.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(stop));
                rejected = response.PartialSuccess?.RejectedLogRecords ?? 0;
            }

            Count(rejected > 0 ? "partly refused" : ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture));
            if ((int)answer.StatusCode is 429 or 502 or 503 or 504)
                return false;
            if (answer.IsSuccessStatusCode && rejected == 0)
            {
                foreach (var id in ids)
                    _acknowledged[id] = 0;
            }

            return true;
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            Count(string.Create(CultureInfo.InvariantCulture, $"{fault.SenderTimeout.TotalSeconds:0.#} s time-out"));
            return false;
        }
        catch (HttpRequestException exception)
        {
            Count(exception.HttpRequestError == HttpRequestError.ConnectionError ? "refused" : "reset");
            return false;
        }
    }

    private void Count(string answer) => _answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);

    private void InterlockedMax(long ticks)
    {
        var known = Volatile.Read(ref _longest);
        while (ticks > known && Interlocked.CompareExchange(ref _longest, ticks, known) is var seen && seen != known)
            known = seen;
    }
}
