using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Lines;

namespace Observability.Forwarder.Settings;

/// <summary>Finds what is wrong with the settings before anything starts: one line a fault, with the setting, its value and what it accepts.</summary>
internal sealed class ForwarderOptionsValidator : IValidateOptions<ForwarderOptions>
{
    public ValidateOptionsResult Validate(string? name, ForwarderOptions options)
    {
        List<string> faults = [];

        Check(ForwarderOptions.List(options.Topics).Count > 0, "Topics", options.Topics, "at least one topic");
        Check(options.GroupId.Length > 0, "GroupId", options.GroupId, "a name");
        Check(options.DeadLetterTopic.Length > 0, "DeadLetterTopic", options.DeadLetterTopic, "a topic");
        if (ForwarderOptions.List(options.Topics).FirstOrDefault(topic => topic.StartsWith('^') && !IsPattern(topic)) is { } pattern)
            Check(false, "Topics", pattern, "topics, or patterns that are regular expressions");
        else
            Check(!ForwarderOptions.List(options.Topics).Any(topic => Names(topic, options.DeadLetterTopic)), "DeadLetterTopic", options.DeadLetterTopic, "a topic that Topics does not name");
        foreach (var (topic, format) in options.Formats)
            Check(TryParseFormat(format, out _), $"Formats:{topic}", format, "auto, otlp-protobuf, otlp-json, json, logfmt or text");
        var labels = options.Labels.Count(label => ForwarderOptions.List(label.Value).Count > 0);
        Check(labels is > 0 and <= 15, "Labels", labels, "1 to 15 labels (Loki's limit)");

        InRange(options.MaxStreams, 1, 1_000_000, "MaxStreams");
        InRange(options.Batch.MaxBytes, 1024, 4_000_000, "Batch:MaxBytes");
        InRange(options.Batch.MaxLines, 1, 1_000_000, "Batch:MaxLines");
        InRange(options.Batch.MaxAge, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), "Batch:MaxAge");
        Check(options.MaxBufferedBytes >= 4L * options.Batch.MaxBytes, "MaxBufferedBytes", options.MaxBufferedBytes, $"at least 4 times Batch:MaxBytes ({4L * options.Batch.MaxBytes})");
        InRange(options.MaxPushesInFlight, 1, 64, "MaxPushesInFlight");
        InRange(options.CommitInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), "CommitInterval");
        InRange(options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(5), "DrainTimeout");

        var loki = options.Loki;
        Check(string.IsNullOrEmpty(loki.Tenant) || TenantId.IsValid(Encoding.UTF8.GetBytes(loki.Tenant)), "Loki:Tenant", loki.Tenant, "up to 150 letters, digits and !-_.*'()");
        InRange(loki.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "Loki:Timeout");
        InRange(loki.MinBackoff, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "Loki:MinBackoff");
        InRange(loki.MaxBackoff, loki.MinBackoff, TimeSpan.FromMinutes(10), "Loki:MaxBackoff");
        Check(string.IsNullOrEmpty(loki.Username) || (loki.BearerToken ?? loki.BearerTokenFile) is null, "Loki:Username", loki.Username, "nothing when a bearer token is set");
        Check(loki.CaFile is null || File.Exists(loki.CaFile), "Loki:CaFile", loki.CaFile, "a PEM file that exists");
        Check(loki.BearerTokenFile is null || File.Exists(loki.BearerTokenFile), "Loki:BearerTokenFile", loki.BearerTokenFile, "a file that exists");

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void InRange<T>(T value, T least, T most, string setting)
            where T : IComparable<T> =>
            Check(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, setting, value, $"{least} to {most}");

        void Check(bool valid, string setting, object? value, string accepts)
        {
            if (!valid)
                faults.Add($"{ForwarderOptions.Section}:{setting} is '{value}': it must be {accepts}");
        }
    }

    private static bool Names(string topic, string deadLetterTopic) =>
        topic.StartsWith('^') ? Regex.IsMatch(deadLetterTopic, topic, RegexOptions.CultureInvariant) : topic == deadLetterTopic;

    private static bool IsPattern(string topic)
    {
        try
        {
            _ = new Regex(topic);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Reads a format's name.</summary>
    public static bool TryParseFormat(string name, out RecordFormat format)
    {
        (var valid, format) = name.ToLowerInvariant() switch
        {
            "auto" => (true, RecordFormat.Auto),
            "otlp-protobuf" => (true, RecordFormat.OtlpProtobuf),
            "otlp-json" => (true, RecordFormat.OtlpJson),
            "json" => (true, RecordFormat.Json),
            "logfmt" => (true, RecordFormat.Logfmt),
            "text" => (true, RecordFormat.Text),
            _ => (false, RecordFormat.Auto),
        };
        return valid;
    }
}
