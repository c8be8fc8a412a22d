using System.Runtime.InteropServices;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Kafka;

/// <summary>The registration's contract, the same with and without Aspire's package.</summary>
public sealed partial class KafkaClientRegistrationTests
{
    [Fact]
    public void The_connection_string_and_the_configuration_section_reach_the_client()
    {
        ConsumerConfig? config = null;
        var builder = Builder(new()
        {
            ["ConnectionStrings:kafka"] = "127.0.0.1:9092",
            ["Aspire:Confluent:Kafka:Consumer:Config:GroupId"] = "group",
            ["Aspire:Confluent:Kafka:Consumer:Config:FetchMinBytes"] = "17",
        });
        builder.AddKafkaConsumer<Ignore, string>("kafka", settings =>
        {
            Assert.Equal("127.0.0.1:9092", settings.ConnectionString);
            config = settings.Config;
        });
        using var host = builder.Build();

        using var consumer = host.Services.GetRequiredService<IConsumer<Ignore, string>>();

        Assert.Equal("group", config!.GroupId);
        Assert.Equal(17, config.FetchMinBytes);
        Assert.Equal("127.0.0.1:9092", config.BootstrapServers);
    }

    [Fact]
    public void The_section_of_one_connection_overrules_the_common_one()
    {
        ProducerConfig? config = null;
        var builder = Builder(new()
        {
            ["ConnectionStrings:kafka"] = "127.0.0.1:9092",
            ["Aspire:Confluent:Kafka:Producer:Config:LingerMs"] = "5",
            ["Aspire:Confluent:Kafka:Producer:kafka:Config:LingerMs"] = "7",
        });

        builder.AddKafkaProducer<Null, string>("kafka", settings => config = settings.Config);

        Assert.Equal(7, config!.LingerMs);
    }

    [Fact]
    public void A_missing_connection_string_is_said_when_the_client_is_made()
    {
        var builder = Builder([]);
        builder.AddKafkaProducer<Null, string>("kafka");
        using var host = builder.Build();

        var exception = Assert.Throws<SettingsException>(() => host.Services.GetRequiredService<IProducer<Null, string>>());

        Assert.NotEmpty(exception.Message);
    }

    [Fact]
    public void Imports_of_librdkafka_bind_to_the_library_that_confluent_kafka_has_loaded()
    {
        LibrdkafkaResolver.Register(typeof(KafkaClientRegistrationTests).Assembly);

        Assert.Equal(Library.VersionString, Marshal.PtrToStringUTF8(VersionString()));
    }

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_version_str")]
    private static partial nint VersionString();

    private static HostApplicationBuilder Builder(Dictionary<string, string?> configuration)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(configuration);
        return builder;
    }
}
