namespace Observability.Forwarder.Decoding.Shapes;

/// <summary>
/// The lines with fields (JSON, logfmt) that are known, the first that fits wins. The page <c>docs/formats.md</c> is made from this table.
/// The fields that the settings name for a label or the time go before those of a shape, and the <see cref="Usual"/> ones come last.
/// </summary>
internal static class LineShapes
{
    private static readonly string[] KubernetesApp =
        ["kubernetes.labels.app.kubernetes.io/name", "kubernetes.labels.app_kubernetes_io/name", "kubernetes.labels.app",
            "kubernetes.labels.k8s-app"];

    /// <summary>What is looked for in a line of any shape, or of none.</summary>
    public static LineShape Usual { get; } = new("any other")
    {
        Time = ["timestamp", "time", "ts", "@timestamp", "t", "datetime", "date", "Timestamp", "TimeStamp", "Time", "eventTime",
            "time_iso8601", "start_time"],
        Level = ["level", "severity", "severity_text", "lvl", "log.level", "levelname", "Level", "LEVEL", "Severity", "SEVERITY",
            "loglevel", "logLevel", "log_level", "LogLevel", "@level"],
        Service = ["service", "service.name", "service_name", "app", "serviceName", "application", "app_name", "appName", "appname"],
        Namespace = ["kubernetes.namespace_name", "kubernetes.namespace"],
        Message = "message",
    };

    /// <summary>The table, a row a format.</summary>
    public static IReadOnlyList<LineShape> All { get; } =
    [
        // .NET
        new("Serilog, compact (CLEF)", "@t")
        {
            Time = ["@t"], Level = ["@l"], DefaultLevel = "info", Service = ["Application", "ApplicationName", "ServiceName"],
            Message = "@mt",
        },
        new("Serilog, JSON", "Timestamp", "Level", "MessageTemplate")
        {
            Time = ["Timestamp"], Level = ["Level"], Service = ["Properties.Application", "Properties.ApplicationName", "Application"],
            Message = "RenderedMessage",
        },
        new("Microsoft.Extensions.Logging, JSON console", "LogLevel", "Category") { Time = ["Timestamp"], Level = ["LogLevel"],
            Message = "Message" },
        new("log4net, JSON", "date", "level", "appname") { Time = ["date"], Level = ["level"], Service = ["appname"], Message = "message" },

        // Shippers and container engines: what they say of the pod is theirs, the level is mostly in the line that they carry.
        new("Fluent Bit with Kubernetes metadata", "kubernetes.namespace_name")
        {
            Time = ["@timestamp", "time", "date"], Level = ["level", "log.level"],
            Service = [.. KubernetesApp, "kubernetes.container_name"], Namespace = ["kubernetes.namespace_name"],
            Pod = ["kubernetes.pod_name"],
            Container = ["kubernetes.container_name"], Node = ["kubernetes.host"], Message = "log", IsEnvelope = true,
        },
        new("Vector with Kubernetes metadata", "kubernetes.pod_namespace")
        {
            Time = ["timestamp"], Level = ["level"],
            Service = ["kubernetes.pod_labels.app.kubernetes.io/name", "kubernetes.pod_labels.app", "kubernetes.container_name"],
            Namespace = ["kubernetes.pod_namespace"],
            Pod = ["kubernetes.pod_name"], Container = ["kubernetes.container_name"], Node = ["kubernetes.pod_node_name"],
            Message = "message", IsEnvelope = true,
        },
        new("Filebeat with Kubernetes metadata", "kubernetes.namespace", "@timestamp")
        {
            Time = ["@timestamp"], Level = ["log.level"],
            Service = [.. KubernetesApp, "kubernetes.deployment.name", "kubernetes.container.name"], Namespace = ["kubernetes.namespace"],
            Pod = ["kubernetes.pod.name"],
            Container = ["kubernetes.container.name"], Node = ["kubernetes.node.name"], Message = "message", IsEnvelope = true,
        },
        new("Filebeat", "agent.type", "@timestamp")
        {
            Time = ["@timestamp"], Level = ["log.level"], Service = ["service.name", "fields.service", "container.name"],
            Message = "message", IsEnvelope = true,
        },
        new("Logstash", "@version", "message") { Time = ["@timestamp"], Level = ["level", "log.level"], Service = ["service.name", "app"],
            Message = "message", IsEnvelope = true },
        new("Vector", "source_type", "message") { Time = ["timestamp"], Level = ["level", "severity"],
            Service = ["container_name", "appname"], Message = "message", IsEnvelope = true },
        new("Docker json-file", "log", "stream") { Time = ["time", "@timestamp"], Service = ["container_name"], Message = "log",
            IsEnvelope = true },
        new("journald, JSON export", "__REALTIME_TIMESTAMP")
        {
            Time = ["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"], Level = ["PRIORITY"], Scale = LevelScale.Syslog,
            Service = ["SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT"], Node = ["_HOSTNAME"], Message = "MESSAGE",
        },
        new("CloudEvents", "specversion", "type", "source") { Time = ["time"], Level = ["severitytext", "data.level", "data.severity"],
            Service = ["data.service"], Message = "data.message" },
        new("Azure resource log", "time", "category", "operationName") { Time = ["time"], Level = ["level", "Level"],
            Service = ["resourceId"], Message = "properties.message" },

        // Java
        new("ECS (Elastic Common Schema), dotted or nested", "@timestamp", "log.level")
        {
            Time = ["@timestamp"], Level = ["log.level"], Service = ["service.name"], Namespace = ["service.environment"],
            Message = "message",
        },
        new("log4j2, JsonLayout", "instant.epochSecond", "level") { Time = ["instant.epochSecond"], Nanoseconds = "instant.nanoOfSecond",
            Level = ["level"], Message = "message" },
        new("log4j2, JsonLayout with timeMillis", "timeMillis", "level") { Time = ["timeMillis"], Level = ["level"], Message = "message" },

        // Python
        new("python-json-logger", "levelname") { Time = ["asctime", "timestamp", "created"], Level = ["levelname"],
            Service = ["service", "app"], Message = "message" },
        new("loguru, serialized", "record.level.name") { Time = ["record.time.timestamp", "record.time.repr"],
            Level = ["record.level.name"], Service = ["record.extra.service"], Message = "record.message" },

        // Go
        new("hclog, JSON", "@level", "@message") { Time = ["@timestamp"], Level = ["@level"], Service = ["@module"], Message = "@message" },
        new("log15", "lvl", "t") { Time = ["t"], Level = ["lvl"], Message = "msg" },
        new("klog, JSON, information", "caller", "v") { Time = ["ts"], Level = ["level"], DefaultLevel = "info", Message = "msg" },
        new("klog, JSON, error", "caller", "err", "ts") { Time = ["ts"], Level = ["level"], DefaultLevel = "error", Message = "msg" },

        // JavaScript
        new("pino, bunyan", "level", "pid", "hostname") { Time = ["time"], Level = ["level"], Service = ["name"], Message = "msg" },
        new("log4js, JSON", "startTime", "categoryName") { Time = ["startTime"], Level = ["level.levelStr", "level"],
            Service = ["categoryName"], Message = "data" },

        // Rust, PHP, Ruby
        new("Rust tracing, JSON", "fields.message", "level") { Time = ["timestamp"], Level = ["level"], Message = "fields.message" },
        new("Monolog, JSON", "level_name") { Time = ["datetime", "datetime.date"], Level = ["level_name"], Service = ["extra.service"],
            Message = "message" },
        new("semantic_logger, JSON", "level_index") { Time = ["timestamp"], Level = ["level"], Service = ["application"],
            Message = "message" },

        // Servers and clouds
        new("GELF", "short_message") { Time = ["timestamp"], Level = ["_level_name", "level"], Scale = LevelScale.Syslog,
            Service = ["_service", "_app", "facility"], Message = "short_message" },
        new("MongoDB", "t.$date", "s") { Time = ["t.$date"], Level = ["s"], Message = "msg" },
        new("PostgreSQL, jsonlog", "error_severity") { Time = ["timestamp"], Level = ["error_severity"], Message = "message" },
        new("Google Cloud", "severity", "timestampSeconds") { Time = ["timestampSeconds"], Nanoseconds = "timestampNanos",
            Level = ["severity"], Message = "message" },
        new("Google Cloud, nested time", "severity", "timestamp.seconds") { Time = ["timestamp.seconds"], Nanoseconds = "timestamp.nanos",
            Level = ["severity"], Message = "message" },
        new("AWS Lambda, JSON", "requestId", "level") { Time = ["timestamp"], Level = ["level"], Message = "message" },
        new("Envoy access log, JSON", "start_time", "response_code") { Time = ["start_time"], Service = ["upstream_cluster"] },
        new("nginx access log, JSON", "status", "request") { Time = ["time_iso8601", "msec", "time_local"], Message = "request" },
        new("syslog as JSON (rsyslog, syslog-ng)", "syslogtag") { Time = ["timereported", "timegenerated"],
            Level = ["syslogseverity-text", "syslogseverity"], Scale = LevelScale.Syslog, Service = ["programname"], Message = "msg" },
        new("syslog as JSON (syslog-ng, Vector)", "PROGRAM", "PRIORITY") { Time = ["ISODATE", "DATE"], Level = ["PRIORITY", "LEVEL"],
            Scale = LevelScale.Syslog, Service = ["PROGRAM"], Node = ["HOST"], Message = "MESSAGE" },

        // Few marks, which others have as well: behind all others.
        new("zap", "ts", "level", "caller") { Time = ["ts"], Level = ["level"], Message = "msg" },
        new("structlog", "event", "level") { Time = ["timestamp"], Level = ["level"], Message = "event" },
        new("logrus, slog and others", "time", "level", "msg") { Time = ["time"], Level = ["level"], Message = "msg" },
        new("zerolog, NLog (JSON) and others", "time", "level", "message") { Time = ["time"], Level = ["level"], Message = "message" },
        new("winston and others", "level", "message", "timestamp") { Time = ["timestamp"], Level = ["level"], Message = "message" },
    ];
}
