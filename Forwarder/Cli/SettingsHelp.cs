using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Cli;

/// <summary>Lists the settings with their defaults, from the options themselves.</summary>
internal static class SettingsHelp
{
    /// <summary>A line a setting: name, default, meaning.</summary>
    public static string Text()
    {
        var text = new StringBuilder();
        text.AppendLine("  ConnectionStrings:kafka  (required)  Bootstrap servers, such as 127.0.0.1:9092");
        text.AppendLine("  ConnectionStrings:loki  (required)  Loki's URL, such as http://127.0.0.1:3100");
        text.AppendLine("  Aspire:Confluent:Kafka:Consumer:Config:*, Aspire:Confluent:Kafka:Producer:Config:*  Any setting of the Kafka clients: TLS, SASL, GroupInstanceId, PartitionAssignmentStrategy (default CooperativeSticky) …");
        foreach (var (name, value, description) in Settings(new ForwarderOptions(), ForwarderOptions.Section))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name}  [{Format(value)}]  {description}");
        return text.ToString();
    }

    /// <summary>Adds what a setting accepts to a message that only names it, as the configuration binder's do.</summary>
    public static string Explain(string message) =>
        Settings(new ForwarderOptions(), ForwarderOptions.Section)
            .Where(setting => message.Contains($"'{setting.Name}'", StringComparison.OrdinalIgnoreCase))
            .Select(setting => $"{message} {setting.Name}: {setting.Description}")
            .FirstOrDefault(message);

    private static IEnumerable<(string Name, object? Value, string Description)> Settings(object options, string prefix) =>
        options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
            property.GetCustomAttribute<DescriptionAttribute>() is { } description
                ? [($"{prefix}:{property.Name}", property.GetValue(options), description.Description)]
                : Settings(property.GetValue(options)!, $"{prefix}:{property.Name}"));

    private static string Format(object? value) => value switch
    {
        null => "",
        Enum name => name.ToString().ToLowerInvariant(),
        IDictionary dictionary => string.Join(" ", dictionary.Keys.Cast<object>().Select(key => $"{key}={dictionary[key]}")),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
