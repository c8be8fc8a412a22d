namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary><c>GET /loki/api/v1/status/buildinfo</c>: Grafana chooses by the version which features it offers.</summary>
internal static class BuildInfo
{
    /// <summary>The version of Loki whose API is followed.</summary>
    public const string Version = "3.7.6";

    public static Task WriteAsync(HttpContext context) => ResponseWriter.JsonAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("version"u8, Version);
        writer.WriteString("revision"u8, "embedded"u8);
        writer.WriteString("branch"u8, ""u8);
        writer.WriteString("buildUser"u8, ""u8);
        writer.WriteString("buildDate"u8, ""u8);
        writer.WriteString("goVersion"u8, ""u8);
        writer.WriteEndObject();
    });
}
