using System.CommandLine;
using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Patterns;

namespace Observability.LogGenerator.Cli;

/// <summary>The options of a run, which are settings too.</summary>
internal sealed class RunOptions
{
    private readonly SettingOption[] _options =
    [
        new("--rate", $"{LogGeneratorSettings.Section}:Rate", $"lines a second, from {LogGeneratorSettings.MinimumRate} to {LogGeneratorSettings.MaximumRate:0} (default {LogGeneratorSettings.DefaultRate})", "N"),
        new("--pattern", $"{LogGeneratorSettings.Section}:Pattern", $"one of {LinePatterns.Names} (default steady)", "NAME"),
        new("--seed", $"{LogGeneratorSettings.Section}:Seed", "repeats the run that had this seed (default: a new one, which the log states)", "N"),
        new("--lines", $"{LogGeneratorSettings.Section}:Lines", "ends after so many lines (default: never)", "N"),
        new("--duration", $"{LogGeneratorSettings.Section}:Duration", "ends after so long, such as 30s, 5m or 1h (default: never)", "TIME"),
        new("--sink", $"{LogGeneratorSettings.Section}:Sinks", "stdout, kafka, otlp or several with commas (default: kafka when its address is known, else stdout)", "NAMES"),
        new("--topic", $"{LogGeneratorSettings.Section}:Topic", $"Kafka topic (default {LogGeneratorSettings.DefaultTopic})", "NAME"),
        new("--kafka", "ConnectionStrings:kafka", "Kafka's bootstrap servers, such as 127.0.0.1:9092", "HOSTS"),
        new("--otlp", $"{LogGeneratorSettings.Section}:Otlp:Endpoint", "base URL of an OTLP/HTTP receiver, such as http://127.0.0.1:4318", "URL"),
        new("--urls", "urls", "where the control API listens (default http://127.0.0.1:5080; any free port for a run that ends)", "URLS"),
    ];

    public void AddTo(Command command)
    {
        foreach (var option in _options)
            command.Options.Add(option);
    }

    /// <summary>The settings that the options stand for.</summary>
    public Dictionary<string, string?> Read(ParseResult result)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var option in _options)
            option.AddTo(settings, result);
        return settings;
    }
}
