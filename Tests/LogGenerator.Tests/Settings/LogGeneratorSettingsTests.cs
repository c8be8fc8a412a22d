using Microsoft.Extensions.Configuration;
using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Settings;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Tests.Settings;

public class LogGeneratorSettingsTests
{
    [Fact]
    public void Without_any_setting_it_writes_to_standard_output()
    {
        var settings = Read();

        Assert.Equal([SinkKind.Stdout], settings.Sinks);
        Assert.Equal(LogGeneratorSettings.DefaultRate, settings.Rate);
        Assert.IsType<SteadyPattern>(settings.LinePattern);
        Assert.True(settings.Enabled);
        Assert.False(settings.Verify.Enabled);
    }

    [Fact]
    public void With_a_broker_it_writes_to_Kafka() =>
        Assert.Equal([SinkKind.Kafka], Read(("ConnectionStrings:kafka", "localhost:1")).Sinks);

    [Fact]
    public void Sinks_come_as_an_array_or_with_commas()
    {
        Assert.Equal([SinkKind.Kafka, SinkKind.Stdout], Read(("LogGenerator:Sinks:0", "kafka"), ("LogGenerator:Sinks:1", "Stdout")).Sinks);
        Assert.Equal([SinkKind.Stdout, SinkKind.Kafka], Read(("LogGenerator:Sinks", "stdout, kafka,kafka")).Sinks);
    }

    [Theory]
    [InlineData("LogGenerator:Rate", "fast", "LogGenerator:Rate is 'fast': it must be a number from 0.001 to 10000000")]
    [InlineData("LogGenerator:Rate", "0", "LogGenerator:Rate is '0': it must be a number from 0.001 to 10000000")]
    [InlineData("LogGenerator:Rate", "NaN", "LogGenerator:Rate is 'NaN': it must be a number from 0.001 to 10000000")]
    [InlineData("LogGenerator:Pattern", "calm",
        "LogGenerator:Pattern is 'calm': it must be one of steady, burst, ramp, error-storm, high-cardinality, large-lines, malformed, "
            + "backfill")]
    [InlineData("LogGenerator:Seed", "-1", "LogGenerator:Seed is '-1': it must be a whole number")]
    [InlineData("LogGenerator:Lines", "0", "LogGenerator:Lines is '0': it must be a whole number of 1 or more")]
    [InlineData("LogGenerator:Duration", "5 parsecs",
        "LogGenerator:Duration is '5 parsecs': it must be a duration from 1ms to 365d, such as 500ms, 30s, 5m, 1h or 00:00:30")]
    [InlineData("LogGenerator:Sinks", "file", "LogGenerator:Sinks is 'file': it must be stdout, kafka or otlp")]
    [InlineData("LogGenerator:Sinks", "otlp",
        "LogGenerator:Sinks is 'otlp', which needs the http or https URL of an OTLP receiver, such as http://127.0.0.1:4318: give it "
            + "with LogGenerator:Otlp:Endpoint")]
    [InlineData("LogGenerator:Otlp:Endpoint", "alloy:4317",
        "LogGenerator:Otlp:Endpoint is 'alloy:4317': it must be an http or https URL, such as http://127.0.0.1:4318")]
    [InlineData("LogGenerator:Enabled", "yes", "LogGenerator:Enabled is 'yes': it must be true or false")]
    [InlineData("LogGenerator:Verify:Enabled", "true",
        "ConnectionStrings:loki is not set: it must be the http or https URL of Loki, such as http://127.0.0.1:3100, when "
            + "LogGenerator:Verify:Enabled is true")]
    [InlineData("LogGenerator:Verify:Deadline", "1ms",
        "LogGenerator:Verify:Deadline is '1ms': it must be a duration from 1s to 1d, such as 500ms, 30s, 5m, 1h or 00:00:30")]
    public void A_wrong_setting_is_named_with_its_value_and_what_it_accepts(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<SettingsException>(() => Read((key, value))).Message);

    [Fact]
    public void The_help_of_the_pattern_names_each() => Assert.All(
        LinePatterns.All, pattern =>
            Assert.Contains(pattern.Name, SettingsReader.Describe<LogGeneratorSettings>("Pattern").Description, StringComparison.Ordinal));

    private static LogGeneratorSettings Read(params IEnumerable<(string Key, string Value)> settings) =>
        SettingsReader.Read<LogGeneratorSettings>(
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
