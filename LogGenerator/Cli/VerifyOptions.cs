using System.CommandLine;
using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Cli;

/// <summary>The options of a verification.</summary>
internal sealed class VerifyOptions
{
    private static readonly VerificationRequest Defaults = new();

    // Those of the run itself are settings under their own names, so that a wrong one is reported under the name it was given by.
    private readonly SettingOption[] _options =
    [
        new("--lines", "--lines", $"how many lines to send, from 1 to {VerificationRequest.MaximumLines} (default {Defaults.Lines})", "N"),
        new("--rate", "--rate", $"lines a second, up to {VerificationRequest.MaximumRate:0} (default {Defaults.Rate})", "N"),
        new("--run-id", "--run-id", "marks the lines of this run (default: a new one)", "ID"),
        new("--timeout", "--timeout", $"how long to wait without a single further line arriving (default {Durations.Format(Defaults.Timeout)})", "TIME"),
        new("--max-outstanding", "--max-outstanding", $"the most lines sent but not yet seen (default {Defaults.MaxOutstanding})", "N"),
        new("--loki", "ConnectionStrings:loki", $"base URL of the store (default {VerifyCommand.DefaultLoki})", "URL"),
        new("--kafka", "ConnectionStrings:kafka", $"Kafka's bootstrap servers (default {VerifyCommand.DefaultKafka})", "HOSTS"),
        new("--sink", $"{LogGeneratorSettings.Section}:Verify:Sink", "kafka, otlp or stdout: where the lines go (default kafka); with stdout the report goes to standard error", "NAME"),
        new("--topic", $"{LogGeneratorSettings.Section}:Topic", $"Kafka topic (default {LogGeneratorSettings.DefaultTopic})", "NAME"),
        new("--otlp", $"{LogGeneratorSettings.Section}:Otlp:Endpoint", "base URL of an OTLP/HTTP receiver, such as http://127.0.0.1:4318", "URL"),
        new("--namespace", $"{LogGeneratorSettings.Section}:Namespace", $"the label by which the lines are found (default {LogGeneratorSettings.DefaultNamespace})", "NAME"),
    ];

    private readonly Option<bool> _json = new("--json") { Description = "writes the report as JSON" };

    public void AddTo(Command command)
    {
        foreach (var option in _options)
            command.Options.Add(option);
        command.Options.Add(_json);
    }

    /// <summary>The settings that the options stand for.</summary>
    public Dictionary<string, string?> Read(ParseResult result)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var option in _options)
            option.AddTo(settings, result);
        return settings;
    }

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>Reads the run's own options back out of the settings.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">One of them is wrong.</exception>
    public static VerificationRequest ReadRequest(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var runId = reader.Text("--run-id", Defaults.RunId);
        return new VerificationRequest
        {
            Lines = (int)(reader.WholeNumber("--lines", 1, VerificationRequest.MaximumLines) ?? Defaults.Lines),
            Rate = reader.Number("--rate", Defaults.Rate, LogGeneratorSettings.MinimumRate, VerificationRequest.MaximumRate),
            RunId = VerificationRequest.IsRunId(runId) ? runId : throw reader.Invalid("--run-id", runId, "1 to 64 letters, digits, - and _"),
            Timeout = reader.Duration("--timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)) ?? Defaults.Timeout,
            MaxOutstanding = (int)(reader.WholeNumber("--max-outstanding", 1, int.MaxValue) ?? Defaults.MaxOutstanding),
        };
    }
}
