using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Confluent.Kafka;
using Observability.AllInOne.Cli;

namespace Observability.AllInOne.Tests.Host;

public sealed class AllInOneTests
{
    private static readonly string[] FreePorts = ["--port", "0", "--kafka-port", "0", "--otlp-port", "0", "--otlp-grpc-port", "0"];

    [Fact(Timeout = 120_000)]
    public async Task Lines_flow_from_the_generator_to_the_store_and_all_of_them_are_there_when_it_has_stopped()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "500");
        var monitor = running.Application.Flow;
        var missing = 0L;
        monitor.Sampled += flow => missing = Math.Max(missing, flow.Missing);
        await running.FlowAsync(flow => flow is { Stored.Total: > 500, P95Ms: not null }, ct);

        Assert.Equal(0, await running.StopAsync());

        // Nor was a line that is under way ever shown as lost.
        Assert.Equal(0, missing);

        var end = monitor.Latest;
        Assert.True(end.Generated.Total > 500);
        Assert.Equal((end.Generated.Total, end.Generated.Total), (end.InKafka.Total, end.Stored.Total));
        Assert.Equal((0, 0, 0, 0), (end.Lag, end.Uncommitted, end.Missing, end.DeadLettered));
        Assert.Contains("missing 0", running.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_port_has_the_page_the_flow_the_metrics_of_all_services_and_Lokis_API()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "2000");
        var http = running.Client;
        // Many more lines than a query may have series, so that none of these may make a series a line.
        await running.FlowAsync(flow => flow.Stored.Total > 4000, ct);

        using var page = await http.GetAsync("/", ct);
        Assert.Contains("<title>Observability", await page.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);
        Assert.StartsWith("default-src 'self'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("text/javascript", (await http.GetAsync("/app.js", ct)).Content.Headers.ContentType?.MediaType);

        var flow = await http.GetFromJsonAsync<JsonElement>("/api/flow", ct);
        Assert.True(flow.GetProperty("stored").GetProperty("total").GetInt64() > 0);

        var metrics = await http.GetStringAsync("/metrics", ct);
        Assert.All(
            ["loggenerator_lines_total", "forwarder_stored_lines_total", "forwarder_consumer_lag_records",
                "loki_distributor_lines_received_total"],
            name => Assert.Contains($"\n{name}{{", metrics, StringComparison.Ordinal));

        Assert.All(
            await Task.WhenAll(new[]
            {
                "{namespace=\"default\"}",
                "{namespace=\"default\"} |= \"ERROR\"",
                "{namespace=\"default\", service=\"test-app\"}",
                "count_over_time({namespace=\"default\"}[5m])",
            }.Select(query => http.GetAsync($"/loki/api/v1/query_range?query={Uri.EscapeDataString(query)}", ct))),
            answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health", ct)).StatusCode);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("kafka", " test-logs")]
    [InlineData("otlp", "/v1/logs")]
    public async Task A_verification_goes_by_the_way_that_it_names(string sink, string target)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "10", "--sinks", "kafka,otlp");

        using var answer = await running.Client.PostAsJsonAsync("/verify", new { lines = 500, rate = 500, sink }, ct);

        var report = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        Assert.True(report.GetProperty("passed").GetBoolean(), report.ToString());
        Assert.EndsWith(target, report.GetProperty("sentTo").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_announces_its_addresses_and_a_query_and_shows_the_flow_in_aligned_lines()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--rate", "100");
        await running.FlowAsync(flow => flow.Stored.Total > 0, ct);
        var (address, servers) = (running.Application.Address.ToString().TrimEnd('/'), running.Application.Broker.BootstrapServers);

        await running.StopAsync();

        var lines = running.Output.Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        Assert.Contains(lines, line => line.Contains(servers, StringComparison.Ordinal));
        Assert.Contains(lines,
            line => line.Contains(
                $"curl -sG {address}/loki/api/v1/query_range --data-urlencode 'query={{namespace=\"default\"}} |= \"ERROR\"'",
                StringComparison.Ordinal));
        var header = lines.FindIndex(line => line.Contains("made/s", StringComparison.Ordinal));
        Assert.Equal(lines[header].Length, lines[header + 1].Length);
        Assert.True(lines[header].Length <= 80, "it wraps in a terminal of 80 columns");
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_generator_and_Forwarder_the_broker_and_the_store_stand_alone()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--no-generator", "--no-forwarder");

        Assert.Equal("ready", (await running.Client.GetStringAsync("/ready", ct)).Trim());
        Assert.Equal(12, (await running.Application.Broker.GetEndOffsetsAsync("test-logs")).Count);
        Assert.Equal(0, await running.StopAsync());
        Assert.Contains("generated 0 ", running.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_Forwarder_outside_has_not_taken_yet_is_not_missing()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--no-forwarder", "--rate", "100");
        await running.FlowAsync(flow => flow.Uncommitted > 0, ct);

        Assert.Equal(0, await running.StopAsync());
        Assert.Matches("missing 0  not yet forwarded [1-9]", running.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_standard_output_that_cannot_be_written_stops_neither_the_flow_nor_its_end()
    {
        using var error = new StringWriter();
        await using var full = new FullWriter();

        var code = await AllInOneCommand.RunAsync(
            [.. FreePorts, "--rate", "100", "--duration", "2s"], full,
            error, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0, code);
        Assert.Equal("The flow is shown no longer, since standard output cannot be written: No space left on device",
            error.ToString().TrimEnd());
    }

    [Fact(Timeout = 120_000)]
    public async Task It_ends_when_nobody_reads_its_output_any_more_and_says_so()
    {
        var ct = TestContext.Current.CancellationToken;
        using var process = new Process
        {
            StartInfo = new("dotnet", [typeof(AllInOneCommand).Assembly.Location, .. FreePorts, "--rate", "100"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        await process.StandardOutput.ReadLineAsync(ct);

        process.StandardOutput.Close();

        Assert.Equal("Nobody reads the flow any more: stopping.", (await process.StandardError.ReadToEndAsync(ct)).TrimEnd());
        await process.WaitForExitAsync(ct);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task Lines_that_are_committed_without_being_stored_are_shown_as_missing()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--no-forwarder", "--rate", "100");
        await running.FlowAsync(flow => flow.Generated.Total > 0, ct);
        var broker = running.Application.Broker;
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "forwarder" }).SetLogHandler((_, _) => { }).Build();

        var ends = (await broker.GetEndOffsetsAsync("test-logs")).Where(end => end.Value > 0).ToList();
        consumer.Commit(ends.Select(end => new TopicPartitionOffset(end.Key, end.Value)));

        var lost = ends.Sum(end => end.Value.Value);
        Assert.True(lost > 0);
        Assert.Equal(lost, (await running.FlowAsync(flow => flow.Missing > 0, ct)).Missing);
        Assert.NotEqual(0, await running.StopAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task It_stops_by_itself_after_its_duration()
    {
        var ct = TestContext.Current.CancellationToken;
        using StringWriter output = new(), error = new();

        var exit = await AllInOneCommand.RunAsync(
            [.. FreePorts, "--rate", "50", "--duration", "1s"], output,
            error, cancellationToken: ct);

        Assert.Equal(0, exit);
        Assert.Contains("missing 0", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Generated_lines_go_through_the_collector_where_the_sink_is_otlp()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--sinks", "otlp", "--rate", "200");
        var monitor = running.Application.Flow;
        await running.FlowAsync(flow => flow.Stored.Total > 400, ct);

        Assert.Equal(0, await running.StopAsync());

        var end = monitor.Latest;
        // A request that the stop interrupts may have been taken all the same.
        Assert.InRange(end.Stored.Total, end.Generated.Total, end.Generated.Total + 1000);
        Assert.Equal(0, end.Missing);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_log_of_another_service_goes_from_OTLP_to_the_store()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var running = await RunningAllInOne.StartAsync(ct, "--no-generator");
        var time = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        using var body = new StringContent(
            $$$"""
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[
            {"timeUnixNano":"{{{time}}}","severityText":"ERROR","body":{"stringValue":"out of stock"}}]}]}]}
            """,
            System.Text.Encoding.UTF8,
            "application/json");

        using var answer = await running.Client.PostAsync(new Uri(running.Application.Addresses.Otlp, "v1/logs"), body, ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await running.FlowAsync(flow => flow.Stored.Total == 1, ct);
        var found = await running.Client.GetStringAsync(
            $"/loki/api/v1/query_range?query={Uri.EscapeDataString("{service=\"shop\", level=\"error\"}")}", ct);
        Assert.Contains("out of stock", found, StringComparison.Ordinal);
        Assert.Contains("otelcol_exporter_sent_log_records_total{", await running.Client.GetStringAsync("/metrics", ct),
            StringComparison.Ordinal);
    }
}
