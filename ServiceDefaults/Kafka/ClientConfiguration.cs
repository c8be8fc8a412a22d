using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>
/// The configuration of Kafka's clients, <c>Aspire:Confluent:Kafka:Consumer:Config</c> and <c>Aspire:Confluent:Kafka:Producer:Config</c>.
/// </summary>
public static class ClientConfiguration
{
    private const string Section = "Aspire:Confluent:Kafka";

    /// <summary>
    /// Ends with a line for each key that the client does not have and each value that it cannot have; to be called before the client is
    /// added, since the configuration's binder passes over the one without a word and ends with a stack trace at the other.
    /// </summary>
    /// <typeparam name="TConfig">The client's configuration.</typeparam>
    /// <param name="configuration">The configuration.</param>
    /// <param name="client"><c>Consumer</c> or <c>Producer</c>.</param>
    /// <param name="connectionName">The connection string's name; a section of this name is read as well.</param>
    /// <exception cref="SettingsException">Something is wrong.</exception>
    public static void Require<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TConfig>(
        IConfiguration configuration, string client, string connectionName)
        where TConfig : ClientConfig
    {
        var faults = new SettingFaults(configuration, "");
        var properties = typeof(TConfig).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite).ToList();
        string[] sections = [$"{Section}:{client}:Config", $"{Section}:{client}:{connectionName}:Config"];
        foreach (var setting in sections.SelectMany(section => configuration.GetSection(section).GetChildren()))
            Check(setting, properties, faults);
        faults.ThrowIfAny();
    }

    private static void Check(IConfigurationSection setting, List<PropertyInfo> properties, SettingFaults faults)
    {
        var property = properties.Find(property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
        if (property is null)
        {
            faults.Unknown(setting, properties.Select(property => property.Name));
            return;
        }

        // Empty is not set.
        if (string.IsNullOrEmpty(setting.Value))
            return;

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var judge = new Setting(setting.Path, type, new SettingAttribute(""), null);
        // Of an enum the binder takes numbers too, as in Acks = -1.
        if (!judge.TryParse(setting.Value, out _) && !(type.IsEnum && Enum.TryParse(type, setting.Value, ignoreCase: true, out _)))
            faults.Add(setting.Path, setting.Value, judge.Accepts);
    }
}
