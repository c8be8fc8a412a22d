using Observability.LogGenerator.Sinks;

namespace Observability.LogGenerator.Configuration;

/// <summary>The settings under <c>LogGenerator:Verify</c>.</summary>
internal sealed record VerifySettings
{
    /// <summary>Whether the running service verifies all the time.</summary>
    public bool Enabled { get; init; }

    /// <summary>Lines a second of the service's own verification.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>How long a round of the service's own verification sends.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after its round's end a line of the service's own verification counts as missing.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The pause between two polls of the store.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a run waits after the last line has appeared, so that a late duplicate is seen too.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where verification lines go. One sink: a line that goes two ways is rightly shown twice.</summary>
    public SinkKind Sink { get; init; } = SinkKind.Kafka;

    /// <summary>The base URL of the store; null when none is configured.</summary>
    public Uri? Store { get; init; }

    /// <summary>Loki's tenant (<c>X-Scope-OrgID</c>); null without one.</summary>
    public string? Tenant { get; init; }

    /// <summary>The value of the header <c>Authorization</c>; null without one. A secret: from the environment or a file, never an argument.</summary>
    public string? Authorization { get; init; }

    /// <summary>Reads the settings.</summary>
    public static VerifySettings Read(IConfiguration configuration, LogGeneratorSettings generator)
    {
        var reader = new SettingsReader(configuration, LogGeneratorSettings.Section + ":Verify");
        var connections = new SettingsReader(configuration, "ConnectionStrings");
        var defaults = new VerifySettings();
        var (second, day) = (TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        var settings = new VerifySettings
        {
            Enabled = reader.Flag(nameof(Enabled), false),
            Rate = reader.Number(nameof(Rate), defaults.Rate, LogGeneratorSettings.MinimumRate, 10_000),
            Interval = reader.Duration(nameof(Interval), second, day) ?? defaults.Interval,
            Deadline = reader.Duration(nameof(Deadline), second, day) ?? defaults.Deadline,
            PollInterval = reader.Duration(nameof(PollInterval), TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10)) ?? defaults.PollInterval,
            Settle = reader.Duration(nameof(Settle), TimeSpan.Zero, TimeSpan.FromHours(1)) ?? defaults.Settle,
            Sink = reader.Text(nameof(Sink)) is { } sink
                ? LogGeneratorSettings.ParseSink(reader, nameof(Sink), sink)
                : generator.Sinks.Contains(SinkKind.Kafka) ? SinkKind.Kafka : generator.Sinks[0],
            Store = connections.Url("loki"),
            Tenant = reader.Text(nameof(Tenant)),
            Authorization = reader.Text(nameof(Authorization)),
        };
        return settings.Enabled && settings.Store is null
            ? throw connections.Invalid("loki", "", "the http or https URL of Loki, such as http://127.0.0.1:3100, when LogGenerator:Verify:Enabled is true")
            : settings;
    }
}
