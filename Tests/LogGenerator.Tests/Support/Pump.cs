using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace Observability.LogGenerator.Tests.Support;

/// <summary>Carries lines from Kafka to a store as the Forwarder does, but loses, doubles and shifts them as a test wants.</summary>
internal sealed class Pump : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<long, IEnumerable<long>> _fate;
    private readonly Func<IReadOnlyList<(long Timestamp, string Line)>, Task> _store;
    private readonly string _bootstrapServers;
    private readonly Task _running;

    /// <param name="bootstrapServers">The broker.</param>
    /// <param name="store">Stores lines.</param>
    /// <param name="fate">For a line's number, what to add to its timestamp, in nanoseconds, once for each time that it is stored.</param>
    public Pump(string bootstrapServers, Func<IReadOnlyList<(long Timestamp, string Line)>, Task> store, Func<long, IEnumerable<long>> fate)
    {
        _bootstrapServers = bootstrapServers;
        _store = store;
        _fate = fate;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Each line once, as it is.</summary>
    public static Func<long, IEnumerable<long>> Faithful { get; } = _ => [0];

    /// <summary>Stores lines by <c>POST /loki/api/v1/push</c>.</summary>
    public static Func<IReadOnlyList<(long Timestamp, string Line)>, Task> PushTo(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };
        return async lines =>
        {
            var values = lines.Select(line => new object[]
            {
                line.Timestamp.ToString(CultureInfo.InvariantCulture), line.Line, new { pod = Regex.Match(line.Line,
                    "\"pod\":\"([^\"]*)").Groups[1].Value },
            });
            var body = new
            {
                streams = new[] { new { stream = new { @namespace = "default", service = "loggenerator-verify",
                level = "info" }, values } }
            };
            using var response = await client.PostAsJsonAsync("/loki/api/v1/push", body);
            response.EnsureSuccessStatusCode();
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = _bootstrapServers,
            GroupId = "pump",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe("test-logs");
        var lines = new List<(long, string)>();
        while (!_stop.IsCancellationRequested)
        {
            lines.Clear();
            while (lines.Count < 2_000 && consumer.Consume(lines.Count == 0 ? 50 : 5) is { } result)
                Add(lines, result.Message);
            if (lines.Count > 0)
                await _store(lines);
        }

        consumer.Close();
    }

    private void Add(List<(long, string)> lines, Message<Ignore, byte[]> message)
    {
        var line = Encoding.UTF8.GetString(message.Value);
        var sequence = long.Parse(Regex.Match(line, """seq(?:":|=)(\d+)""").Groups[1].Value, CultureInfo.InvariantCulture);
        foreach (var shift in _fate(sequence))
            lines.Add((TimeOf(line, message.Timestamp) + shift, line));
    }

    private static long TimeOf(string line, Timestamp ofRecord)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return (json.RootElement.GetProperty("timestamp").GetDateTime().ToUniversalTime() - DateTime.UnixEpoch).Ticks * 100;
        }
        catch (JsonException)
        {
            return ofRecord.UnixTimestampMs * 1_000_000;
        }
    }
}
