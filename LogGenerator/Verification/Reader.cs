using System.Buffers;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Observability.LogGenerator.Settings;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Verification;

/// <summary>Reads a run's lines back through Loki's query API and nothing else, so that it can judge any store with that API.</summary>
internal sealed class Reader : IDisposable
{
    /// <summary>Lines a page: Loki's own limit unless it is set otherwise.</summary>
    public const int PageSize = LokiLimits.QueryEntries;

    // An answer is held as a whole; pages of long lines are made shorter until they fit.
    private const int MostAnswer = 64 * 1024 * 1024;
    private const int MostWords = 500;

    // A store that hangs is given up as late as one that shows nothing, within these bounds.
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly Uri _endpoint;
    private readonly TimeSpan _patience;
    private readonly StoreResponseParser _parser;
    private readonly ArrayBufferWriter<byte> _answer = new(64 * 1024);
    private readonly List<StoredLine> _page = new(PageSize);
    private int _limit = PageSize;

    /// <param name="endpoint">The store's base URL.</param>
    /// <param name="settings">Tenant and login, and what is compared.</param>
    /// <param name="labelNamespace">The value of the label <c>namespace</c> that the lines have.</param>
    /// <param name="request">The run.</param>
    public Reader(Uri endpoint, VerifySettings settings, string labelNamespace, VerificationRequest request)
    {
        _endpoint = endpoint;
        _patience = request.Timeout < LeastPatience ? LeastPatience : request.Timeout < MostPatience ? request.Timeout : MostPatience;
        _parser = new StoreResponseParser(
            Encoding.UTF8.GetBytes(request.RunId), new LabelJudge(settings.Labels,
                settings.Metadata ?? (settings.Sink == SinkKind.Stdout ? [] : ["pod"]), labelNamespace));

        // Lines of a pattern come from many services, and some name their namespace.
        var selector = request.LinePattern is null
            ? $$"""{namespace={{Quoted(labelNamespace)}}, service="{{VerifyLine.Service}}"}"""
            : $$"""{namespace=~{{Quoted($"{Regex.Escape(labelNamespace)}|batch|overflow")}}}""";
        Query = $"{selector} |= \"{request.RunId}\" |~ `{LineSeal.Pattern(request.RunId)}`";
        _client = HttpClients.Create(settings, _patience);
    }

    /// <summary>Takes some of the lines read, sorted by time; they are gone when it returns.</summary>
    public delegate void LineHandler(ReadOnlySpan<StoredLine> lines);

    /// <summary>What the store is asked for.</summary>
    public string Query { get; }

    /// <summary>
    /// The most lines that the store, or a proxy before it, was seen to give per answer, where it is fewer than were asked for.
    /// </summary>
    public int? Cap { get; private set; }

    public void Dispose() => _client.Dispose();

    /// <summary>Reads every line within a range of time, in the order of time, a page at a time.</summary>
    /// <param name="start">Where the range begins, in nanoseconds since 1970.</param>
    /// <param name="end">Where it ends, exclusive.</param>
    /// <param name="isThorough">Whether to go on until an answer has nothing new: one that is not full may have been cut short by a
    /// proxy.</param>
    /// <param name="handler">Told about each page. Every line is told exactly as often as the store shows it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StoreException">The store could not be asked.</exception>
    public async Task ReadAsync(long start, long end, bool isThorough, LineHandler handler, CancellationToken cancellationToken)
    {
        // Lines at the start of the range that the page before had as well; and how many it had in all.
        var (known, before) = (0, 0);
        while (start < end)
        {
            await QueryAsync(start, end, Query, cancellationToken);
            var count = _page.Count;
            if (count == known || (!isThorough && count < _limit))
            {
                handler(CollectionsMarshal.AsSpan(_page));
                return;
            }

            // Twice the same, and there was more: whoever answers gives no more at once.
            if (count == before && count < _limit)
                Cap = count;

            // The page may end in the midst of lines with the same timestamp: those are the next page's.
            var last = _page[^1].Timestamp;
            var complete = _page.FindIndex(line => line.Timestamp == last);
            if (complete == 0 && count >= (Cap ?? _limit))
            {
                await ReadInstantAsync(last, "", handler, cancellationToken);
                (start, known, before) = (last + 1, 0, 0);
                continue;
            }

            handler(CollectionsMarshal.AsSpan(_page)[..complete]);
            (start, known, before) = (last, count - complete, count);
        }
    }

    /// <summary>Counts the run's lines by a metric query, <c>count_over_time</c>, as a dashboard does.</summary>
    /// <param name="start">Where the range begins, in nanoseconds since 1970.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="StoreException">The store could not be asked.</exception>
    public async Task<long> CountAsync(long start, long end, CancellationToken cancellationToken)
    {
        var seconds = ((end - start) / 1_000_000_000) + 1;
        var query = $"sum(count_over_time({Query} [{seconds.ToString(CultureInfo.InvariantCulture)}s]))";
        var url = string.Create(CultureInfo.InvariantCulture, $"loki/api/v1/query?query={Uri.EscapeDataString(query)}&time={end}");
        long counted = 0;
        await AskAsync(url, () =>
        {
            using var answer = JsonDocument.Parse(_answer.WrittenMemory);
            var data = answer.RootElement.GetProperty("data");
            if (data.GetProperty("resultType").GetString() != "vector")
                throw new JsonException("resultType is not vector");
            counted = (long)data.GetProperty("result").EnumerateArray()
                .Sum(sample => double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
        }, cancellationToken);
        return counted;
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
            if (_page.Count >= (Cap ?? _limit))
                throw new StoreException(
                    $"{Urls.WithoutLogin(_endpoint)} shows line {suffix} {_page.Count} times or more at one timestamp.", isFinal: true);
            handler(CollectionsMarshal.AsSpan(_page));
        }

        for (var digit = '0'; digit <= '9'; digit++)
        {
            var longer = digit + suffix;
            await QueryAsync(timestamp, timestamp + 1, WithSequence("[0-9]*" + longer), cancellationToken);
            if (_page.Count >= (Cap ?? _limit))
                await ReadInstantAsync(timestamp, longer, handler, cancellationToken);
            else
                handler(CollectionsMarshal.AsSpan(_page));
        }
    }

    private string WithSequence(string digits) => $"{Query} |~ `{LineSeal.SequencePattern(digits)}`";

    private Task QueryAsync(long start, long end, string query, CancellationToken cancellationToken)
    {
        return AskAsync(Url, Parse, cancellationToken);

        string Url() => string.Create(
            CultureInfo.InvariantCulture,
            $"loki/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={start}&end={end}&limit={_limit}&direction=forward");

        void Parse()
        {
            _page.Clear();
            _parser.Parse(_answer.WrittenSpan, _page);
        }
    }

    private Task AskAsync(string path, Action parse, CancellationToken cancellationToken) => AskAsync(() => path, parse, cancellationToken);

    private async Task AskAsync(Func<string> path, Action parse, CancellationToken cancellationToken)
    {
        try
        {
            while (!await TryAskAsync(new Uri(_endpoint, path()), cancellationToken))
            {
                if (_limit == 1)
                    throw new StoreException(
                        $"The store at {Urls.WithoutLogin(_endpoint)} gave an answer of more than {MostAnswer / (1024 * 1024)} MiB.",
                        isFinal: true);
                _limit = Math.Max(1, _limit / 4);
            }

            parse();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                $"The store at {Urls.WithoutLogin(_endpoint)} cannot be reached: {HttpClients.Explain(exception, _endpoint)}",
                isFinal: false, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreException(
                $"The store at {Urls.WithoutLogin(_endpoint)} gave no answer within {_patience.TotalSeconds:0.#} s.",
                isFinal: false, exception);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException)
        {
            // Half an answer is one that broke off: the next may be whole.
            throw new StoreException($"The store at {Urls.WithoutLogin(_endpoint)} gave an answer that is not Loki's: {exception.Message}",
                isFinal: false, exception);
        }
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text, VerificationJson.Default.String);

    // False when the answer is longer than may be held.
    private async Task<bool> TryAskAsync(Uri url, CancellationToken cancellationToken)
    {
        // The client's own timeout ends with the headers; this one is for all of the answer.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_patience);
        using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        if (!response.IsSuccessStatusCode)
        {
            var words = await response.Content.ReadTextAsync(MostWords, patience.Token);
            var code = (int)response.StatusCode;
            throw new StoreException(
                $"The store at {Urls.WithoutLogin(_endpoint)} answered {code} to {url.AbsolutePath.Split('/')[^1]}: {words}",
                isFinal: code is >= 300 and < 500 and not ((int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests));
        }

        _answer.ResetWrittenCount();
        await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
        while (await stream.ReadAsync(_answer.GetMemory(16 * 1024), patience.Token) is > 0 and var read)
        {
            _answer.Advance(read);
            if (_answer.WrittenCount > MostAnswer)
                return false;
        }

        return true;
    }
}
