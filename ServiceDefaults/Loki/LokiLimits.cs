namespace Observability.ServiceDefaults.Loki;

/// <summary>
/// Loki's limits as it has them by default, each once, for <see cref="Version"/>. Where nothing else is said, they are in
/// https://github.com/grafana/loki/blob/v3.7.6/pkg/validation/limits.go.
/// </summary>
public static class LokiLimits
{
    /// <summary>The version of Loki that these limits were read from.</summary>
    public const string Version = "v3.7.6";

    /// <summary>
    /// Largest gRPC message, in bytes (<c>server.grpc_server_max_recv_msg_size</c>; github.com/grafana/dskit, server/server.go): so the
    /// largest push.
    /// </summary>
    public const int MessageBytes = 4 * 1024 * 1024;

    /// <summary>Longest line, in bytes (<c>max_line_size</c>).</summary>
    public const int LineBytes = 256 * 1024;

    /// <summary>Most labels of a stream (<c>max_label_names_per_series</c>).</summary>
    public const int LabelNames = 15;

    /// <summary>Longest name of a label, in bytes (<c>max_label_name_length</c>).</summary>
    public const int LabelNameBytes = 1024;

    /// <summary>Longest value of a label, in bytes (<c>max_label_value_length</c>).</summary>
    public const int LabelValueBytes = 2048;

    /// <summary>Most structured metadata of a line, in bytes, names and values together (<c>max_structured_metadata_size</c>).</summary>
    public const int MetadataBytes = 64 * 1024;

    /// <summary>Most pairs of structured metadata of a line (<c>max_structured_metadata_entries_count</c>).</summary>
    public const int MetadataEntries = 128;

    /// <summary>Most streams of a tenant (<c>max_global_streams_per_user</c>).</summary>
    public const int Streams = 5000;

    /// <summary>Most lines that a query returns (<c>max_entries_limit_per_query</c>).</summary>
    public const int QueryEntries = 5000;

    /// <summary>Longest name of a tenant (https://github.com/grafana/dskit/blob/main/tenant/tenant.go, <c>MaxTenantIDLength</c>).</summary>
    public const int TenantLength = 150;
}
