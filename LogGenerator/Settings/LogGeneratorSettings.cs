using Observability.LogGenerator.Patterns;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>The section <c>LogGenerator</c> of the configuration.</summary>
public sealed class LogGeneratorSettings : ISettings
{
    /// <summary>The lowest rate, in lines a second.</summary>
    public const double MinimumRate = 0.001;

    /// <summary>The highest rate, in lines a second: more than a machine makes, so in effect no limit.</summary>
    public const double MaximumRate = 10_000_000;

    /// <summary>Rate when none is set, in lines a second.</summary>
    public const double DefaultRate = 100;

    /// <summary>The longest that a run can be set to last.</summary>
    public static readonly TimeSpan MaximumDuration = TimeSpan.FromDays(365);

    private const string Kafka = $"{ConnectionSettings.Section}:kafka";
    private const string Alloy = $"{ConnectionSettings.Section}:alloy";
    private const string Loki = $"{ConnectionSettings.Section}:loki";
    private const string OtlpUrl = "the http or https URL of an OTLP receiver, such as http://127.0.0.1:4318";

    /// <inheritdoc/>
    public static string Section => "LogGenerator";

    [Setting("whether the generator runs from the start; the control API can start and stop it at any time")]
    public bool Enabled { get; set; } = true;

    [Setting("lines a second", Least = MinimumRate, Most = MaximumRate)]
    public double Rate { get; set; } = DefaultRate;

    [Setting("steady, burst, ramp, error-storm, high-cardinality, large-lines, malformed or backfill", Value = "NAME")]
    public string Pattern { get; set; } = LinePatterns.Steady.Name;

    [Setting("repeats the run that had this seed", Default = "a new one, which the log states")]
    public ulong Seed { get; set; } = (ulong)Random.Shared.NextInt64();

    [Setting("ends after so many lines", Least = 1, Default = "never")]
    public long? Lines { get; set; }

    [Setting("ends after so long", Least = "1ms", Most = "365d", Default = "never")]
    public TimeSpan? Duration { get; set; }

    [Setting(
        "how long a sink may take nothing before the run ends with 3",
        Least = "100ms", Most = "1d", Default = "30s for a run that ends, else never")]
    public TimeSpan? Timeout { get; set; }

    [Setting("stdout, kafka, otlp or several with commas", Value = "NAMES", Default = "kafka when its address is known, else stdout")]
    public List<SinkKind> Sinks { get; set; } = [];

    [Setting("Kafka topic", Value = "NAME")]
    public string Topic { get; set; } = Topics.Generator;

    /// <summary>By default what the Forwarder gives lines of the topic <see cref="Topics.Generator"/>.</summary>
    [Setting("namespace that the OTLP sink states, and the label by which the verifier finds its lines", Value = "NAME")]
    public string Namespace { get; set; } = "default";

    [Setting(
        "where the service's control API listens", Example = "http://127.0.0.1:5080",
        Default = "where metrics and health are if that is loopback, else http://127.0.0.1:5080")]
    public Uri? ControlUrl { get; set; }

    [Setting("how old the lines of the pattern backfill are", Least = "0s", Most = "365d")]
    public TimeSpan BackfillAge { get; set; } = TimeSpan.FromMinutes(30);

    [Setting(
        "traces the way of one line in so many, where traces are exported; 0 for none",
        Least = 0, Default = "about one a second", Value = "N")]
    public long? TraceOneIn { get; set; }

    /// <summary>The OTLP sink.</summary>
    public OtlpSettings Otlp { get; set; } = new();

    /// <summary>Verification.</summary>
    public VerifySettings Verify { get; set; } = new();

    /// <summary>What one verification sends.</summary>
    public VerificationRequest VerifyRun { get; set; } = new();

    /// <summary>Whether a finished run ends the host: so on the command line, but not where others share the process.</summary>
    internal bool StopsHost { get; set; }

    /// <summary>The pattern that <see cref="Pattern"/> names.</summary>
    internal LinePattern LinePattern => LinePatterns.TryGet(Pattern, out var pattern) ? pattern : LinePatterns.Steady;

    /// <summary>The sink of verification lines.</summary>
    internal SinkKind VerifySink => Verify.Sink ?? (Sinks.Contains(SinkKind.Kafka) || Sinks.Count == 0 ? SinkKind.Kafka : Sinks[0]);

    /// <summary>Whether the run has an end.</summary>
    internal bool Ends => Lines is not null || Duration is not null;

    /// <inheritdoc/>
    public void Check(SettingFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);

        if (Sinks.Count == 0)
            Sinks = [faults.ValueOf(Kafka) is { Length: > 0 } ? SinkKind.Kafka : SinkKind.Stdout];
        faults.Check(LinePatterns.TryGet(Pattern, out _), nameof(Pattern), Pattern, $"one of {LinePatterns.Names}");
        faults.Check(VerificationRequest.IsRunId(VerifyRun.RunId), "VerifyRun:RunId", VerifyRun.RunId, "1 to 64 letters, digits, - and _");
        faults.Check(
            VerifyRun.Pattern is null || LinePatterns.TryGet(VerifyRun.Pattern, out _), "VerifyRun:Pattern", VerifyRun.Pattern,
            $"one of {LinePatterns.Names}");
        Verify.CheckAccess(faults, "Verify:");
        faults.Url(Loki, LokiEndpoint.Accepts);
        if (Verify.Enabled)
            faults.Url(Loki, $"{LokiEndpoint.Accepts}, when {faults.NameOf("Verify:Enabled")} is true",
                isRequired: string.IsNullOrEmpty(faults.ValueOf(Loki)));

        Otlp.Endpoint ??= faults.Url(Alloy, OtlpUrl);
        if (Otlp.Endpoint is not null || faults.Any || !Uses(SinkKind.Otlp))
            return;
        var asker = faults.NameOf(Verify.Sink == SinkKind.Otlp ? "Verify:Sink" : nameof(Sinks));
        faults.Say($"{asker} is 'otlp', which needs {OtlpUrl}: give it with {faults.WayTo($"{Section}:Otlp:Endpoint")}");
    }

    /// <summary>Whether lines or the verifier go to a sink.</summary>
    internal bool Uses(SinkKind sink) => Sinks.Contains(sink) || VerifySink == sink;
}
