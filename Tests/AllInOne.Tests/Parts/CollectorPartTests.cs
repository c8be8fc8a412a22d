using System.Net;
using Observability.AllInOne.Parts;
using Observability.Embedded.EmbeddedKafka;
using Observability.ServiceDefaults.Settings;

namespace Observability.AllInOne.Tests.Parts;

public sealed class CollectorPartTests
{
    [Fact(Timeout = 120_000)]
    public async Task It_writes_to_a_broker_elsewhere_and_has_its_health_and_metrics_at_an_address_of_its_own()
    {
        var ct = TestContext.Current.CancellationToken;
        using var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { ["alloy-logs"] = 4 } });
        var started = new TaskCompletionSource<(Uri Otlp, string Addresses)>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var options = new CommandLineSettings();
        options.Add("ConnectionStrings:kafka", broker.BootstrapServers, "--kafka");
        foreach (var port in (string[])["Port", "OtlpPort", "OtlpGrpcPort"])
            options.Add($"AllInOne:{port}", "0", port);
        var run = CollectorPart.RunAsync(options, (otlp, addresses) => started.SetResult((otlp, addresses)), stop.Token);
        if (await Task.WhenAny(started.Task, run).WaitAsync(ct) == run)
            await run;
        var (address, addresses) = await started.Task;
        using var client = new HttpClient();
        using var body = new StringContent(
            """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hello"}}]}]}]}""", System.Text.Encoding.UTF8,
            "application/json");

        using var answer = await client.PostAsync(new Uri(address, "v1/logs"), body, ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, (await broker.GetEndOffsetsAsync("alloy-logs")).Values.Sum(end => end.Value));
        var page = addresses.Split(", ").Select(text => new Uri(text)).Last();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(page, "/health"), ct)).StatusCode);
        Assert.Contains("otelcol_exporter_sent_log_records_total", await client.GetStringAsync(new Uri(page, "/metrics"), ct),
            StringComparison.Ordinal);

        await stop.CancelAsync();
        await run;
    }
}
