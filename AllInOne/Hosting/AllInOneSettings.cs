using System.Globalization;
using System.Net;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Forwarder.Settings;
using Observability.LogGenerator.Configuration;

namespace Observability.AllInOne.Hosting;

/// <summary>The settings under <c>AllInOne</c>. The services in the process read their own, under <c>LogGenerator</c> and <c>Forwarder</c>.</summary>
internal sealed record AllInOneSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "AllInOne";

    public const int DefaultPort = 3100;
    public const int DefaultKafkaPort = 9092;

    /// <summary>Lines a second that are generated unless told otherwise.</summary>
    public const int DefaultRate = 1000;

    private const long LeastStoreBytes = 1024 * 1024;

    /// <summary>The port of all HTTP; 0 for any.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>The broker's port; 0 for any.</summary>
    public int KafkaPort { get; init; } = DefaultKafkaPort;

    /// <summary>Partitions of the topics with log lines.</summary>
    public int Partitions { get; init; } = EmbeddedKafkaOptions.DefaultPartitions;

    /// <summary>Memory of the log store, in bytes.</summary>
    public long StoreBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Whether lines are generated from the start.</summary>
    public bool Generator { get; init; } = true;

    /// <summary>Whether the Forwarder runs.</summary>
    public bool Forwarder { get; init; } = true;

    /// <summary>The consumer group whose offsets tell what has been dealt with.</summary>
    public string ForwarderGroup { get; init; } = new ForwarderOptions().GroupId;

    /// <summary>After which time the run ends; null for none.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How long a stop waits for the lines under way.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong; the message is one line that names it, its value and what it accepts.</exception>
    public static AllInOneSettings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration, Section);
        var defaults = new AllInOneSettings();
        return new AllInOneSettings
        {
            Port = (int?)reader.WholeNumber(nameof(Port), 0, IPEndPoint.MaxPort) ?? defaults.Port,
            KafkaPort = (int?)reader.WholeNumber(nameof(KafkaPort), 0, IPEndPoint.MaxPort) ?? defaults.KafkaPort,
            Partitions = (int?)reader.WholeNumber(nameof(Partitions), 1, 1000) ?? defaults.Partitions,
            StoreBytes = ReadSize(reader, nameof(StoreBytes)) ?? defaults.StoreBytes,
            Generator = reader.Flag(nameof(Generator), defaults.Generator),
            Forwarder = reader.Flag(nameof(Forwarder), defaults.Forwarder),
            ForwarderGroup = configuration[$"{ForwarderOptions.Section}:{nameof(ForwarderOptions.GroupId)}"] ?? defaults.ForwarderGroup,
            Duration = reader.Duration(nameof(Duration), TimeSpan.FromSeconds(1), LogGeneratorSettings.MaximumDuration),
            DrainTimeout = reader.Duration(nameof(DrainTimeout), TimeSpan.Zero, TimeSpan.FromMinutes(5)) ?? defaults.DrainTimeout,
        };
    }

    private static long? ReadSize(SettingsReader reader, string name)
    {
        if (reader.Text(name) is not { } value)
            return null;
        return ByteSizes.TryParse(value, out var bytes) && bytes is >= LeastStoreBytes and <= long.MaxValue
            ? (long)bytes
            : throw reader.Invalid(name, value, string.Create(CultureInfo.InvariantCulture, $"a size of at least {LeastStoreBytes} bytes, such as 256MiB"));
    }
}
