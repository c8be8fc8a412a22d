using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.EmbeddedLoki;

namespace Observability.Deploy.Tests.Config;

/// <summary>
/// LogGenerator and Forwarder at work on the embedded broker and store: the names of their instruments, from the meters themselves, and
/// what <c>/metrics</c> shows of them after the first stored line. Counters of what goes wrong have no series as long as nothing does.
/// </summary>
public sealed class LiveNames : IAsyncLifetime
{
    private readonly MeterListener _listener = new();
    private readonly HashSet<string> _instruments = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Series that the services can have.</summary>
    public IReadOnlySet<string> Possible
    {
        get
        {
            lock (_lock)
                return _instruments.ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>Series that <c>/metrics</c> showed.</summary>
    public IReadOnlySet<string> Exposed { get; private set; } = new HashSet<string>();

    public async ValueTask InitializeAsync()
    {
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (!instrument.Meter.Name.StartsWith("Observability.", StringComparison.Ordinal) && instrument.Meter.Name != "System.Runtime")
                return;
            lock (_lock)
                _instruments.UnionWith(PrometheusNames(instrument));
        };
        _listener.Start();

        var cancellation = TestContext.Current.CancellationToken;
        using var broker = EmbeddedKafkaBroker.Start(
            new EmbeddedKafkaOptions { Topics = { ["test-logs"] = 1, ["alloy-logs"] = 1, ["dead-letters"] = 1 } });
        await using var store = await EmbeddedLokiServer.StartAsync(cancellationToken: cancellation);

        var builder = WebApplication.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", $"--ConnectionStrings:kafka={broker.BootstrapServers}",
            $"--ConnectionStrings:loki={store.Address}",
            "--LogGenerator:Sinks=kafka", "--LogGenerator:Rate=100", "--LogGenerator:Verify:Enabled=true",
        ]);
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.AddLogGenerator();
        builder.AddForwarder();
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(cancellation);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var scrapes = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            await scrapes.WaitForNextTickAsync(cancellation);
            var text = await client.GetStringAsync("/metrics", cancellation);
            Exposed = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])
                .ToHashSet(StringComparer.Ordinal);
        }
        while (!Exposed.Contains("forwarder_end_to_end_latency_seconds_count"));

        await app.StopAsync(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    // As OpenTelemetry's exporter names them: the unit spelt out at the end, _total behind a counter.
    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        if (kind.StartsWith("Histogram", StringComparison.Ordinal))
            return KnownNames.Series(name, "histogram");
        return kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal)
            ? [name + "_total"]
            : [name];
    }
}
