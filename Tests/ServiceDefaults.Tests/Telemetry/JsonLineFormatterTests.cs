using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.ServiceDefaults.Tests.Telemetry;

public sealed class JsonLineFormatterTests
{
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();

    [Fact]
    public void A_message_is_the_one_line_that_the_pipeline_collects()
    {
        var line = Format(LogLevel.Warning, "Loki \"busy\"\nfor 3 s", null);

        Assert.Equal(1, line.Count(character => character == '\n'));
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal("2025-09-14T13:45:00.1230000Z", json.GetProperty("timestamp").GetString());
        Assert.Equal("WARN", json.GetProperty("level").GetString());
        Assert.Equal("Forwarder", json.GetProperty("service").GetString());
        Assert.Equal("Loki \"busy\"\nfor 3 s", json.GetProperty("message").GetString());
        Assert.Equal("category", json.GetProperty("category").GetString());
    }

    [Fact]
    public void The_service_is_called_as_OpenTelemetry_calls_it()
    {
        _configuration["OTEL_SERVICE_NAME"] = "forwarder";

        Assert.Equal("forwarder",
            JsonDocument.Parse(Format(LogLevel.Warning, "text", null)).RootElement.GetProperty("service").GetString());
    }

    [Fact]
    public void Values_of_a_template_are_kept_by_name()
    {
        var line = Format(LogLevel.Information, "took 3", [new("Seconds", 3), new("{OriginalFormat}", "took {Seconds}")]);

        var state = JsonDocument.Parse(line).RootElement.GetProperty("state");
        Assert.Equal("3", state.GetProperty("Seconds").GetString());
        Assert.False(state.TryGetProperty("{OriginalFormat}", out _));
    }

    [Fact]
    public void An_exception_is_kept_whole()
    {
        var line = Format(LogLevel.Critical, "failed", null, new InvalidOperationException("why"));

        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal("FATAL", json.GetProperty("level").GetString());
        Assert.Contains("InvalidOperationException: why", json.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    private string Format(LogLevel level, string message, KeyValuePair<string, object?>[]? state, Exception? exception = null)
    {
        var formatter = new JsonLineFormatter(
            _configuration,
            new HostingEnvironment { ApplicationName = "Forwarder" },
            new FakeTimeProvider(new DateTimeOffset(2025, 9, 14, 13, 45, 0, 123, TimeSpan.Zero)));
        using var writer = new StringWriter();
        var entry = new LogEntry<object>(level, "category", new EventId(0), state ?? [], exception, (_, _) => message);
        formatter.Write(entry, null, writer);
        return writer.ToString();
    }
}
