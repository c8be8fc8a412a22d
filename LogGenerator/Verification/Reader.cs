using System.Buffers;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Observability.LogGenerator.Settings;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Loki;

namespace Observability.LogGenerator.Verification;

/// <summary>Reads a run's lines back through <c>query_range</c> and nothing else, so that it can judge any store with Loki's API.</summary>
internal sealed class Reader : IDisposable
{
    /// <summary>Lines a page: Loki's own limit unless it is set otherwise (<c>max_entries_limit_per_query</c>).</summary>
    public const int PageSize = LokiLimits.QueryEntries;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly Uri _endpoint;
    private readonly string _selector;
    private readonly StoreResponseParser _parser;
    private readonly ArrayBufferWriter<byte> _answer = new(64 * 1024);
    private readonly List<StoredLine> _page = new(PageSize);

    /// <param name="endpoint">The store's base URL.</param>
    /// <param name="settings">Tenant and authorization.</param>
    /// <param name="labelNamespace">The value of the label <c>namespace</c> that the lines have.</param>
    /// <param name="runId">The run's id.</param>
    public Reader(Uri endpoint, VerifySettings settings, string labelNamespace, string runId)
    {
        _endpoint = endpoint;
        _parser = new StoreResponseParser(Encoding.UTF8.GetBytes(runId));
        var quoted = JsonSerializer.Serialize(labelNamespace);
        _selector = $$"""{namespace={{quoted}}, service="{{VerifyLine.Service}}"} |= "{{runId}}" """.TrimEnd();
        _client = HttpClients.Create(settings, RequestTimeout);
    }

    /// <summary>Takes some of the lines read, sorted by time; they are gone when it returns.</summary>
    public delegate void LineHandler(ReadOnlySpan<StoredLine> lines);

    public void Dispose() => _client.Dispose();

    /// <summary>Reads every line within a range of time, in the order of time, a page at a time.</summary>
    /// <param name="start">Where the range begins, in nanoseconds since 1970.</param>
    /// <param name="end">Where it ends, exclusive.</param>
    /// <param name="handler">Told about each page. Every line is told exactly as often as the store shows it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StoreException">The store could not be asked.</exception>
    public async Task ReadAsync(long start, long end, LineHandler handler, CancellationToken cancellationToken)
    {
        while (start < end)
        {
            await QueryAsync(start, end, _selector, cancellationToken);
            if (_page.Count < PageSize)
            {
                handler(CollectionsMarshal.AsSpan(_page));
                return;
            }

            // The page may end in the midst of lines with the same timestamp: those are the next page's.
            var last = _page[^1].Timestamp;
            var complete = _page.FindIndex(line => line.Timestamp == last);
            handler(CollectionsMarshal.AsSpan(_page)[..complete]);
            start = last;
            if (complete == 0)
            {
                await ReadInstantAsync(last, "", handler, cancellationToken);
                start = last + 1;
            }
        }
    }

    /// <summary>
    /// Reads the lines of one timestamp that has more than a page of them. Time tells them apart no longer, so their
    /// numbers do: first by the last digit, then by the last two, and so on.
    /// </summary>
    private async Task ReadInstantAsync(long timestamp, string suffix, LineHandler handler, CancellationToken cancellationToken)
    {
        if (suffix.Length > 0 && suffix[0] != '0')
        {
            await QueryAsync(timestamp, timestamp + 1, WithSequence(suffix), cancellationToken);
            if (_page.Count >= PageSize)
                throw new StoreException($"{_endpoint} shows line {suffix} {PageSize} times or more at one timestamp.", isFinal: true);
            handler(CollectionsMarshal.AsSpan(_page));
        }

        for (var digit = '0'; digit <= '9'; digit++)
        {
            var longer = digit + suffix;
            await QueryAsync(timestamp, timestamp + 1, WithSequence("[0-9]*" + longer), cancellationToken);
            if (_page.Count >= PageSize)
                await ReadInstantAsync(timestamp, longer, handler, cancellationToken);
            else
                handler(CollectionsMarshal.AsSpan(_page));
        }
    }

    private string WithSequence(string pattern) => $"{_selector} |~ `\"seq\":{pattern}[,}}]`";

    private async Task QueryAsync(long start, long end, string query, CancellationToken cancellationToken)
    {
        _page.Clear();
        var url = new Uri(_endpoint, string.Create(
            CultureInfo.InvariantCulture,
            $"loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={start}&end={end}&limit={PageSize}&direction=forward"));
        try
        {
            using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await ReadBodyAsync(response.Content, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw Refused(response.StatusCode);
            _parser.Parse(_answer.WrittenSpan, _page);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new StoreException($"The store at {_endpoint} cannot be reached: {exception.Message}", isFinal: false, exception);
        }
        catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreException($"The store at {_endpoint} gave no answer within {RequestTimeout.TotalSeconds:0} s.", isFinal: false, exception);
        }
        catch (JsonException exception)
        {
            throw new StoreException($"The store at {_endpoint} gave an answer that is not Loki's: {exception.Message}", isFinal: true, exception);
        }
    }

    private StoreException Refused(HttpStatusCode code)
    {
        var words = Encoding.UTF8.GetString(_answer.WrittenSpan[..Math.Min(_answer.WrittenCount, 500)]).Trim();
        var isFinal = (int)code is >= 400 and < 500 and not (408 or 429);
        return new StoreException($"The store at {_endpoint} answered {(int)code} to query_range: {words}", isFinal);
    }

    private async Task ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        _answer.ResetWrittenCount();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        while (await stream.ReadAsync(_answer.GetMemory(16 * 1024), cancellationToken) is > 0 and var read)
            _answer.Advance(read);
    }
}
