using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Kafka;

/// <summary>What is wrong in the section of a Kafka client is said in a line, and not bound in vain.</summary>
public sealed class ClientConfigurationTests
{
    [Theory]
    [InlineData("AutoOffsetReset", "first", "is 'first': it must be latest, earliest or error")]
    [InlineData("FetchMaxBytes", "1MB", "is '1MB': it must be a whole number")]
    [InlineData("EnableSslCertificateVerification", "yes", "is 'yes': it must be true or false")]
    [InlineData("FetchMaxByte", "1", "is no setting: did you mean Aspire:Confluent:Kafka:Consumer:Config:FetchMaxBytes?")]
    [InlineData("fetch.max.bytes", "1", "is no setting")]
    public void Says_what_is_wrong_with_a_key_or_a_value(string key, string value, string words)
    {
        var exception = Assert.Throws<SettingsException>(() => Require($"Aspire:Confluent:Kafka:Consumer:Config:{key}", value));

        Assert.StartsWith($"Aspire:Confluent:Kafka:Consumer:Config:{key} {words}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("autooffsetreset", "EARLIEST")]
    [InlineData("Acks", "-1")]
    [InlineData("Acks", "All")]
    [InlineData("FetchMaxBytes", "1000000")]
    [InlineData("FetchMaxBytes", "")]
    [InlineData("SslCaLocation", "/etc/ssl/ca.pem")]
    [InlineData("AllowAutoCreateTopics", "true")]
    public void Takes_what_the_client_takes(string key, string value) => Require($"Aspire:Confluent:Kafka:Consumer:Config:{key}", value);

    [Fact]
    public void Looks_at_the_section_of_the_connection_too()
    {
        const string Key = "Aspire:Confluent:Kafka:Consumer:kafka:Config:FetchMinBytes";
        var exception = Assert.Throws<SettingsException>(() => Require(Key, "some"));

        Assert.StartsWith($"{Key} is 'some'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_the_other_client_alone() => Require("Aspire:Confluent:Kafka:Producer:Config:AutoOffsetReset", "earliest");

    private static void Require(string key, string value) => ClientConfiguration.Require<ConsumerConfig>(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build(), "Consumer", "kafka");
}
