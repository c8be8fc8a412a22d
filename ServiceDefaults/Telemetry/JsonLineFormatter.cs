using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Observability.ServiceDefaults.Telemetry;

/// <summary>
/// Writes a log message as the JSON line that the pipeline itself collects (<c>timestamp</c>, <c>level</c>,
/// <c>service</c>, <c>message</c>), so that Alloy reads the services' own logs as it reads any other.
/// </summary>
internal sealed class JsonLineFormatter(IConfiguration configuration, IHostEnvironment environment, TimeProvider time) : ConsoleFormatter(
    FormatterName)
{
    public const string FormatterName = "json-line";

    // OpenTelemetry's variable: logs, metrics and traces then name the service alike.
    private readonly string _service = configuration["OTEL_SERVICE_NAME"] ?? environment.ApplicationName;

    // Names stay readable in a terminal; the output is never embedded in HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", null));
            json.WriteString("level", LevelName(logEntry.LogLevel));
            json.WriteString("service", _service);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            json.WriteString("category", logEntry.Category);
            if (logEntry.EventId.Name is { } name)
                json.WriteString("event", name);
            if (logEntry.State is IEnumerable<KeyValuePair<string, object?>> state)
                WriteState(json, state);
            if (logEntry.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteState(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> state)
    {
        json.WriteStartObject("state");
        foreach (var (key, value) in state)
        {
            if (key != "{OriginalFormat}")
                json.WriteString(key, Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}
