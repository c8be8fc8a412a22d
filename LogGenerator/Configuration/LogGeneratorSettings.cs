using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Sinks;

namespace Observability.LogGenerator.Configuration;

/// <summary>The settings under <c>LogGenerator</c>, read and checked when the service is put together.</summary>
internal sealed record LogGeneratorSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "LogGenerator";

    /// <summary>The lowest rate, in lines a second.</summary>
    public const double MinimumRate = 0.001;

    /// <summary>The highest rate, in lines a second: more than a machine makes, so in effect no limit.</summary>
    public const double MaximumRate = 10_000_000;

    /// <summary>Rate when none is set, in lines a second.</summary>
    public const double DefaultRate = 100;

    /// <summary>Topic when none is set.</summary>
    public const string DefaultTopic = "test-logs";

    /// <summary>Namespace when none is set: what the Forwarder gives lines of the topic <see cref="DefaultTopic"/>.</summary>
    public const string DefaultNamespace = "default";

    /// <summary>The longest that a run can be set to last.</summary>
    public static readonly TimeSpan MaximumDuration = TimeSpan.FromDays(365);

    /// <summary>Whether the generator runs from the start; the control API can start and stop it at any time.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Lines a second.</summary>
    public double Rate { get; init; } = DefaultRate;

    /// <summary>The pattern.</summary>
    public LinePattern Pattern { get; init; } = LinePatterns.Steady;

    /// <summary>Where the lines' randomness starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>The number of lines after which the run is over; null for no end.</summary>
    public long? Lines { get; init; }

    /// <summary>The time after which the run is over; null for no end.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Where the lines go.</summary>
    public IReadOnlyList<SinkKind> Sinks { get; init; } = [SinkKind.Stdout];

    /// <summary>The Kafka topic.</summary>
    public string Topic { get; init; } = DefaultTopic;

    /// <summary>The namespace that the OTLP sink states, and by which the verifier finds its lines.</summary>
    public string Namespace { get; init; } = DefaultNamespace;

    /// <summary>How old the lines of the pattern <c>backfill</c> are.</summary>
    public TimeSpan BackfillAge { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The base URL of the OTLP receiver; null when there is none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>The verifier's settings.</summary>
    public VerifySettings Verify { get; init; } = new();

    /// <summary>Whether a finished run ends the host: so on the command line, but not where others share the process.</summary>
    public bool StopsHost { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; the message is one line that names it, its value and what it accepts.</exception>
    public static LogGeneratorSettings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration, Section);
        var alloy = new SettingsReader(configuration, "ConnectionStrings").Url("alloy");
        var settings = new LogGeneratorSettings
        {
            Enabled = reader.Flag(nameof(Enabled), true),
            Rate = reader.Number(nameof(Rate), DefaultRate, MinimumRate, MaximumRate),
            Pattern = ReadPattern(reader),
            Seed = reader.Seed(nameof(Seed)) ?? (ulong)Random.Shared.NextInt64(),
            Lines = reader.WholeNumber(nameof(Lines), 1),
            Duration = reader.Duration(nameof(Duration), TimeSpan.FromMilliseconds(1), MaximumDuration),
            Sinks = ReadSinks(reader, configuration),
            Topic = reader.Text(nameof(Topic), DefaultTopic),
            Namespace = reader.Text(nameof(Namespace), DefaultNamespace),
            BackfillAge = reader.Duration(nameof(BackfillAge), TimeSpan.Zero, TimeSpan.FromDays(365)) ?? TimeSpan.FromMinutes(30),
            OtlpEndpoint = reader.Url("Otlp:Endpoint") ?? alloy,
            StopsHost = reader.Flag(nameof(StopsHost), false),
        };
        settings = settings with { Verify = VerifySettings.Read(configuration, settings) };

        if (settings.Uses(SinkKind.Otlp) && settings.OtlpEndpoint is null)
            throw reader.Invalid("Otlp:Endpoint", "", "the http or https URL of an OTLP receiver, such as http://127.0.0.1:4318, when otlp is among LogGenerator:Sinks");
        return settings;
    }

    /// <summary>Whether lines or the verifier go to a sink.</summary>
    public bool Uses(SinkKind sink) => Sinks.Contains(sink) || Verify.Sink == sink;

    private static LinePattern ReadPattern(SettingsReader reader)
    {
        var name = reader.Text(nameof(Pattern), LinePatterns.Steady.Name);
        return LinePatterns.TryGet(name, out var pattern) ? pattern : throw reader.Invalid(nameof(Pattern), name, $"one of {LinePatterns.Names}");
    }

    private static List<SinkKind> ReadSinks(SettingsReader reader, IConfiguration configuration)
    {
        var names = reader.List(nameof(Sinks));
        if (names.Count == 0)
            return [configuration.GetConnectionString("kafka") is { Length: > 0 } ? SinkKind.Kafka : SinkKind.Stdout];

        var sinks = new List<SinkKind>();
        foreach (var name in names)
            sinks.Add(ParseSink(reader, nameof(Sinks), name));
        return sinks;
    }

    internal static SinkKind ParseSink(SettingsReader reader, string setting, string name) =>
        Enum.GetValues<SinkKind>().Where(kind => kind.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)).Cast<SinkKind?>().FirstOrDefault()
        ?? throw reader.Invalid(setting, name, "stdout, kafka or otlp");
}
