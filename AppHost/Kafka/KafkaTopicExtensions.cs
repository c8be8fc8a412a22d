using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Kafka;

namespace Aspire.Hosting;

/// <summary>Declares topics on a Kafka resource.</summary>
internal static class KafkaTopicExtensions
{
    // Kafka's own default of max.message.bytes, near enough.
    private const int MaximumRecordBytes = 1024 * 1024;

    /// <summary>Creates topics as soon as the broker is ready. What waits for the broker waits for them too.</summary>
    /// <remarks>A topic that exists, from an earlier run with the same volume, is left as it is.</remarks>
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
                        // A dead letter is a whole record and the headers that say why.
                        ["max.message.bytes"] = (topic == Topics.DeadLetters ? 2 * MaximumRecordBytes : MaximumRecordBytes).ToString(CultureInfo.InvariantCulture),
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
            catch (CreateTopicsException exception) when (exception.Results.TrueForAll(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
            {
                KafkaTopicsLog.Present(logger, string.Join(", ", topics));
            }
        });
}
