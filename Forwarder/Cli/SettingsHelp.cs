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
        Append(text, new ForwarderOptions(), ForwarderOptions.Section);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object options, string prefix)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            if (property.GetCustomAttribute<DescriptionAttribute>() is { } description)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {prefix}:{property.Name}  [{Format(value)}]  {description.Description}");
            else if (value is not null)
                Append(text, value, $"{prefix}:{property.Name}");
        }
    }

    private static string Format(object? value) => value switch
    {
        null => "",
        Enum name => name.ToString().ToLowerInvariant(),
        IDictionary dictionary => string.Join(" ", dictionary.Keys.Cast<object>().Select(key => $"{key}={dictionary[key]}")),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
