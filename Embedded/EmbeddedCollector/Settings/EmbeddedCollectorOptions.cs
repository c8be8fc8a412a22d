using System.Globalization;

namespace Observability.Embedded.EmbeddedCollector.Settings;

/// <summary>
/// Settings of the embedded collector. The sizes are those of Alloy's configuration (<c>deploy/config/alloy</c>), so that its Kafka records
/// are as large.
/// </summary>
public sealed class EmbeddedCollectorOptions
{
    /// <summary>Kafka's bootstrap servers, host:port separated by commas. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>The topic that the records go to. Default <c>alloy-logs</c>.</summary>
    public string Topic { get; set; } = "alloy-logs";

    /// <summary>
    /// How long a request waits for the broker before it is answered as unavailable, 10 ms to 5 minutes. Default 5 s: less than the 10 s
    /// after which OpenTelemetry's exporters give up by default, since what waits for a sender that has gone comes twice.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Bytes of records that may wait for the broker; a request that does not fit is answered as unavailable. Default 64 MiB, at least
    /// <see cref="MaxRequestBytes"/>.
    /// </summary>
    public long MaxBufferedBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Largest request in bytes, decompressed; a larger one is refused for good. Default 20 MiB.</summary>
    public int MaxRequestBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>Bytes of a log record's text; a longer one is cut, and <c>log.length</c> says how long it was. Default 2,000,000.</summary>
    public int MaxLineBytes { get; set; } = 2_000_000;

    /// <summary>Bytes of an attribute's text; a longer one is cut. Default 65,536, all the metadata that Loki takes with a line.</summary>
    public int MaxAttributeBytes { get; set; } = 65_536;

    /// <summary>
    /// Bytes of a Kafka record's value. More of one resource makes several; a log record that is larger by itself is refused for good.
    /// Default 3,900,000: a topic must take some headers more (<c>max.message.bytes</c>).
    /// </summary>
    public int MaxRecordBytes { get; set; } = 3_900_000;

    /// <summary>Attributes of log records that are made attributes of their resource, as Alloy's groupbyattrs does it.</summary>
    public IReadOnlyList<string> GroupByAttributes { get; set; } = ["namespace", "service", "pod", "container", "node"];

    internal void Validate()
    {
        var (least, most) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
        Require(
            nameof(BootstrapServers), BootstrapServers, BootstrapServers.Length > 0, "Kafka's bootstrap servers, such as 127.0.0.1:9092");
        Require(nameof(Topic), Topic, Topic.Length is > 0 and <= 249, "a topic's name of 1 to 249 characters");
        Require(nameof(Patience), Text(Patience), Patience >= least && Patience <= most, "10 ms to 5 minutes");
        Require(nameof(MaxRequestBytes), Text(MaxRequestBytes), MaxRequestBytes > 0, "at least 1");
        Require(
            nameof(MaxBufferedBytes), Text(MaxBufferedBytes), MaxBufferedBytes >= MaxRequestBytes,
            $"at least MaxRequestBytes, {Text(MaxRequestBytes)}");
        Require(nameof(MaxRecordBytes), Text(MaxRecordBytes), MaxRecordBytes is >= 1024 and <= 100_000_000, "1,024 to 100,000,000");
        Require(
            nameof(MaxLineBytes), Text(MaxLineBytes), MaxLineBytes > 0 && MaxLineBytes < MaxRecordBytes,
            $"1 to less than MaxRecordBytes, {Text(MaxRecordBytes)}");
        Require(nameof(MaxAttributeBytes), Text(MaxAttributeBytes), MaxAttributeBytes > 0, "at least 1");
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static void Require(string name, string value, bool isRight, string accepted)
    {
        if (!isRight)
            throw new ArgumentException($"EmbeddedCollector:{name} is '{value}': it must be {accepted}");
    }
}
