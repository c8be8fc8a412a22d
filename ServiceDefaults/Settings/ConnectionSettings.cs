namespace Observability.ServiceDefaults.Settings;

/// <summary>The addresses under <c>ConnectionStrings</c>, which every program names alike.</summary>
public static class ConnectionSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "ConnectionStrings";

    /// <summary>Kafka's bootstrap servers.</summary>
    /// <param name="name">The connection string's name.</param>
    public static Setting Kafka(string name = "kafka") => Make(name, "Kafka's bootstrap servers, such as 127.0.0.1:9092", "HOSTS");

    /// <summary>Loki's base URL.</summary>
    /// <param name="name">The connection string's name.</param>
    public static Setting Loki(string name = "loki") =>
        Make(name, "Loki's URL, or that of a proxy in front of it, such as http://127.0.0.1:3100", "URL");

    /// <summary>The base URL of an OTLP receiver.</summary>
    /// <param name="name">The connection string's name.</param>
    public static Setting Otlp(string name = "alloy") => Make(name, "URL of an OTLP/HTTP receiver, such as http://127.0.0.1:4318", "URL");

    /// <summary>Whatever the Kafka client itself can be set to.</summary>
    /// <param name="kind"><c>Consumer</c> or <c>Producer</c>.</param>
    public static Setting KafkaClient(string kind) => new(
        $"Aspire:Confluent:Kafka:{kind}:Config",
        typeof(string),
        new SettingAttribute(
            "any setting of the Kafka client, such as SecurityProtocol, SaslUsername or SslCaLocation")
        { Entry = "<name>" },
        null);

    private static Setting Make(string name, string description, string value) =>
        new($"{Section}:{name}", typeof(string), new SettingAttribute(description) { Value = value }, null);
}
