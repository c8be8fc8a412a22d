using System.Globalization;
using System.Text.RegularExpressions;

namespace Observability.AppHost.Commands;

/// <summary>What the Forwarders' metrics say at one moment, or between two of them.</summary>
internal sealed partial class ForwarderFigures
{
    /// <summary>A line that was not stored after so long is called late, in seconds. A bound of the histogram's buckets.</summary>
    public const int LateSeconds = 5;

    // One line in so many has its age measured.
    private const int Sampling = 64;

    private readonly Dictionary<string, double> _retries = new(StringComparer.Ordinal);
    private double _measured;
    private double _inTime;

    /// <summary>Pushes that had to be sent again, by reason.</summary>
    public IReadOnlyDictionary<string, double> Retries => _retries;

    /// <summary>Lines written to the dead-letter topic.</summary>
    public double DeadLettered { get; private set; }

    /// <summary>Commits of offsets that failed.</summary>
    public double FailedCommits { get; private set; }

    /// <summary>Records in Kafka that are not dealt with.</summary>
    public double Lag { get; private set; }

    /// <summary>Whether any Forwarder has paused all of its partitions.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Partitions that are paused alone.</summary>
    public double HeldPartitions { get; private set; }

    /// <summary>Lines that were stored later than <see cref="LateSeconds"/> after their time, about: few of them are measured.</summary>
    public double LateLines => Math.Max(0, _measured - _inTime) * Sampling;

    /// <summary>Adds the metrics of one Forwarder.</summary>
    /// <param name="metrics">Prometheus' text.</param>
    public void Add(string metrics)
    {
        foreach (Match sample in Sample().Matches(metrics))
        {
            var labels = sample.Groups["labels"].Value;
            var value = double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
            switch (sample.Groups["name"].Value)
            {
                case "forwarder_push_retries_total":
                    var reason = Label(labels, "reason");
                    _retries[reason] = _retries.GetValueOrDefault(reason) + value;
                    break;
                case "forwarder_dead_lettered_lines_total":
                    DeadLettered += value;
                    break;
                case "forwarder_commits_total" when Label(labels, "result") == "failure":
                    FailedCommits += value;
                    break;
                case "forwarder_consumer_lag_records":
                    Lag += value;
                    break;
                case "forwarder_paused":
                    IsPaused |= value > 0;
                    break;
                case "forwarder_held_partitions":
                    HeldPartitions += value;
                    break;
                case "forwarder_end_to_end_latency_seconds_count":
                    _measured += value;
                    break;
                case "forwarder_end_to_end_latency_seconds_bucket"
                    when double.TryParse(Label(labels, "le"), CultureInfo.InvariantCulture, out var bound) && bound == LateSeconds:
                    _inTime += value;
                    break;
            }
        }
    }

    /// <summary>What was counted since then. A Forwarder that was started again counts from nothing.</summary>
    /// <param name="before">The figures of then.</param>
    public ForwarderFigures Since(ForwarderFigures before)
    {
        var isNew = _measured < before._measured;
        var since = new ForwarderFigures
        {
            DeadLettered = Less(DeadLettered, before.DeadLettered),
            FailedCommits = Less(FailedCommits, before.FailedCommits),
            Lag = Lag,
            IsPaused = IsPaused,
            HeldPartitions = HeldPartitions,
            _measured = isNew ? _measured : _measured - before._measured,
            _inTime = isNew ? _inTime : _inTime - before._inTime,
        };
        foreach (var (reason, count) in _retries)
        {
            if (Less(count, before._retries.GetValueOrDefault(reason)) is > 0 and var more)
                since._retries[reason] = more;
        }

        return since;
    }

    private static double Less(double now, double before) => now < before ? now : now - before;

    private static string Label(string labels, string name) => Regex.Match(labels, $"(?:^|,){name}=\"([^\"]*)\"").Groups[1].Value;

    [GeneratedRegex(@"^(?<name>forwarder_\w+)(?:\{(?<labels>[^\n]*)\})? (?<value>\S+)", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
