using System.CommandLine;
using Confluent.Kafka;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Settings;

namespace Observability.Forwarder.Replay;

/// <summary><c>replay-dead-letters</c>: sends dead letters to where they came from, once each.</summary>
internal static class ReplayDeadLettersCommand
{
    private static readonly TimeSpan BrokerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds the command.</summary>
    /// <param name="host">What runs it.</param>
    /// <param name="all">The settings that it takes.</param>
    /// <param name="output">Standard output.</param>
    public static void AddTo(CommandHost host, IReadOnlyList<Setting> all, TextWriter output)
    {
        var limit = new Option<long>("--limit")
        {
            Description = "dead letters to replay at the most",
            DefaultValueFactory = _ => long.MaxValue,
            HelpName = "N"
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "only count them, by topic and reason" };
        var command = new Command(
            "replay-dead-letters",
            "Sends dead letters to the topics they came from, each once: how far it got is committed in the group '<GroupId>-replay'.");
        command.Options.Add(limit);
        command.Options.Add(dryRun);
        host.Add(
            command,
            all,
            [new("--kafka", ConnectionSettings.Kafka())],
            (settings, parsed, stop) => RunAsync(settings, parsed.GetValue(limit), parsed.GetValue(dryRun), output, stop));
    }

    private static async Task<int> RunAsync(CommandLineSettings settings, long limit, bool dryRun, TextWriter output,
        CancellationToken stop)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseCommandLine(settings);
        var options = SettingsReader.Read<ForwarderOptions>(builder.Configuration);
        ClientConfiguration.Require<ConsumerConfig>(builder.Configuration, "Consumer", "kafka");
        ClientConfiguration.Require<ProducerConfig>(builder.Configuration, "Producer", "kafka");

        // librdkafka's own words would stand between the counts; what matters of them is said at the end.
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.AddKafkaConsumer<byte[], byte[]>("kafka", consumer =>
        {
            consumer.DisableHealthChecks = consumer.DisableMetrics = consumer.DisableTracing = true;
            BootstrapServers.Require(consumer.ConnectionString, consumer.Config, "kafka", builder.Configuration);
            ReplayClients.Apply(consumer.Config, options.GroupId);
        });
        builder.AddKafkaProducer<byte[], byte[]>("kafka", producer =>
        {
            producer.DisableHealthChecks = producer.DisableMetrics = producer.DisableTracing = true;
            ReplayClients.Apply(producer.Config);
        });
        using var host = builder.Build();

        var consumer = host.Services.GetRequiredService<IConsumer<byte[], byte[]>>();
        await BrokerProbe.RequireAsync(consumer.Handle, builder.Configuration.GetConnectionString("kafka"), BrokerTimeout, stop);
        var producer = host.Services.GetRequiredService<IProducer<byte[], byte[]>>();
        var replay = new DeadLetterReplay(consumer, producer, options.DeadLetterTopic);
        try
        {
            var result = await replay.RunAsync(PartitionsOf(options.DeadLetterTopic, producer.Handle), limit, dryRun, stop);
            await result.TellAsync(output, dryRun);
            return ExitCode.Success;
        }
        catch (KafkaException exception)
        {
            throw new UnreachableException($"Kafka: {exception.Error.Reason}", exception);
        }
    }

    private static List<TopicPartition> PartitionsOf(string topic, Handle handle)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        return [.. admin.GetMetadata(topic, BrokerTimeout).Topics
            .Where(found => !found.Error.IsError)
            .SelectMany(found => found.Partitions)
            .Select(partition => new TopicPartition(topic, partition.PartitionId))];
    }
}
