using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Aspire.Hosting;

/// <summary>Declares topics on a Kafka resource.</summary>
internal static class KafkaTopicExtensions
{
    // The same as deploy/kafka/base/topics.yaml. Alloy makes records of up to 4,000,000 bytes (deploy/config/alloy/kafka.alloy), and
    // what a topic refuses as too large is lost. A dead letter is a whole record and the headers that say why.
    private const int MaximumRecordBytes = 4 * 1024 * 1024;
    private const int MaximumDeadLetterBytes = 5 * 1024 * 1024;

    private const string MaximumBytes = "max.message.bytes";

    /// <summary>Creates topics as soon as the broker is ready. What waits for the broker waits for them too.</summary>
    /// <remarks>
    /// A topic that exists, from an earlier run with the same volume, is left as it is, but for the size of its records: the collector's
    /// must fit.
    /// </remarks>
    /// <param name="builder">The broker.</param>
    /// <param name="partitions">The partitions of each topic.</param>
    /// <param name="retentionHours">How long each topic keeps a record, in hours.</param>
    /// <param name="topics">The topics' names.</param>
    public static IResourceBuilder<KafkaServerResource> WithTopics(
        this IResourceBuilder<KafkaServerResource> builder,
        IResourceBuilder<ParameterResource> partitions,
        IResourceBuilder<ParameterResource> retentionHours,
        params IReadOnlyList<string> topics) => builder
        .WithAnnotation(new KafkaTopicsAnnotation(topics))
        .OnResourceReady(async (kafka, ready, cancellationToken) =>
        {
            var retention = TimeSpan.FromHours(await retentionHours.Resource.GetNumberAsync(cancellationToken));
            var specifications = new List<TopicSpecification>();
            foreach (var topic in topics)
            {
                specifications.Add(new TopicSpecification
                {
                    Name = topic,
                    NumPartitions = await partitions.Resource.GetNumberAsync(cancellationToken),
                    ReplicationFactor = 1,
                    Configs = new()
                    {
                        ["retention.ms"] = retention.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
                        [MaximumBytes] = (topic == Topics.DeadLetters ? MaximumDeadLetterBytes : MaximumRecordBytes).ToString(
                            CultureInfo.InvariantCulture),
                    },
                });
            }

            var logger = ready.Services.GetRequiredService<ResourceLoggerService>().GetLogger(kafka);
            using var admin = new AdminClientBuilder(new AdminClientConfig
            {
                BootstrapServers = await kafka.ConnectionStringExpression.GetValueAsync(cancellationToken),
            }).Build();
            try
            {
                await admin.CreateTopicsAsync(specifications);
                KafkaTopicsLog.Created(logger, string.Join(", ", topics), specifications[0].NumPartitions, retention.TotalHours);
            }
            catch (CreateTopicsException exception) when (exception.Results.TrueForAll(
                result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
            {
                await admin.IncrementalAlterConfigsAsync(specifications.ToDictionary(
                    topic => new ConfigResource { Type = ResourceType.Topic, Name = topic.Name },
                    topic => new List<ConfigEntry> { new() { Name = MaximumBytes, Value = topic.Configs[MaximumBytes],
                        IncrementalOperation = AlterConfigOpType.Set } }));
                KafkaTopicsLog.Present(logger, string.Join(", ", topics));
            }
        });
}
