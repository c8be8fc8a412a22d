using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Observability.ServiceDefaults.Kafka;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Registers Kafka clients with the calls and the configuration keys of Aspire.Confluent.Kafka, for a build without
/// that package. Only what this solution calls is here.
/// </summary>
public static class KafkaClientExtensions
{
    private const string Section = "Aspire:Confluent:Kafka";

    /// <summary>
    /// Registers an <see cref="IConsumer{TKey, TValue}"/> as a singleton, configured from <c>Aspire:Confluent:Kafka:Consumer</c> and
    /// <c>ConnectionStrings</c>.
    /// </summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <param name="configureSettings">Changes the settings after the configuration was read.</param>
    /// <param name="configureBuilder">Sets handlers and deserializers.</param>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaConsumerSettings>? configureSettings = null,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var settings = new KafkaConsumerSettings();
        builder.Configuration.Bind($"{Section}:Consumer", settings, settings.Config, connectionName);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);
        settings.Config.BootstrapServers = settings.ConnectionString ?? settings.Config.BootstrapServers;

        builder.Services.AddSingleton(services =>
        {
            BootstrapServers.Require(settings.ConnectionString, settings.Config, connectionName);
            var consumer = new ConsumerBuilder<TKey, TValue>(settings.Config);
            configureBuilder?.Invoke(services, consumer);
            var log = new KafkaLog(CreateLogger(services), services.GetService<TimeProvider>() ?? TimeProvider.System);
            return consumer.SetLogHandler((_, message) => log.Write(message)).Build();
        });
    }

    /// <summary>
    /// Registers an <see cref="IProducer{TKey, TValue}"/> as a singleton, configured from <c>Aspire:Confluent:Kafka:Producer</c> and
    /// <c>ConnectionStrings</c>.
    /// </summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">The connection string's name.</param>
    /// <param name="configureSettings">Changes the settings after the configuration was read.</param>
    /// <param name="configureBuilder">Sets handlers and serializers.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<KafkaProducerSettings>? configureSettings = null,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var settings = new KafkaProducerSettings();
        builder.Configuration.Bind($"{Section}:Producer", settings, settings.Config, connectionName);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);
        settings.Config.BootstrapServers = settings.ConnectionString ?? settings.Config.BootstrapServers;

        builder.Services.AddSingleton(services =>
        {
            BootstrapServers.Require(settings.ConnectionString, settings.Config, connectionName);
            var producer = new ProducerBuilder<TKey, TValue>(settings.Config);
            configureBuilder?.Invoke(services, producer);
            var log = new KafkaLog(CreateLogger(services), services.GetService<TimeProvider>() ?? TimeProvider.System);
            return producer.SetLogHandler((_, message) => log.Write(message)).Build();
        });
    }

    private static void Bind(this IConfiguration configuration, string section, object settings, ClientConfig config, string connectionName)
    {
        foreach (var part in new[] { configuration.GetSection(section), configuration.GetSection($"{section}:{connectionName}") })
        {
            part.Bind(settings);
            part.GetSection("Config").Bind(config);
        }
    }

    private static ILogger CreateLogger(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(KafkaClientExtensions).Namespace + ".Kafka");
}
