namespace Observability.Forwarder.Settings;

/// <summary>The names that settings have for <see cref="RecordFormat"/>.</summary>
internal static class RecordFormats
{
    /// <summary>All names, for messages.</summary>
    public const string Names = "auto, otlp-protobuf, otlp-json, json, json-array, logfmt or text";

    /// <summary>Reads a format's name.</summary>
    public static bool TryParse(string name, out RecordFormat format)
    {
        (var valid, format) = name.ToLowerInvariant() switch
        {
            "auto" => (true, RecordFormat.Auto),
            "otlp-protobuf" => (true, RecordFormat.OtlpProtobuf),
            "otlp-json" => (true, RecordFormat.OtlpJson),
            "json" => (true, RecordFormat.Json),
            "json-array" => (true, RecordFormat.JsonArray),
            "logfmt" => (true, RecordFormat.Logfmt),
            "text" => (true, RecordFormat.Text),
            _ => (false, RecordFormat.Auto),
        };
        return valid;
    }
}
