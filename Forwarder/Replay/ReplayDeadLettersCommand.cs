using System.CommandLine;
using Confluent.Kafka;
using Observability.Forwarder.Cli;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder.Replay;

/// <summary><c>replay-dead-letters</c>: sends dead letters to where they came from, once each.</summary>
internal static class ReplayDeadLettersCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var limit = new Option<long>("--limit") { Description = "Dead letters to replay at the most", DefaultValueFactory = _ => long.MaxValue };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only count them, by topic and reason" };
        var command = new Command("replay-dead-letters", "Sends dead letters to the topics they came from, each once: how far it got is committed in the group '<GroupId>-replay'")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.Options.Add(limit);
        command.Options.Add(dryRun);
        command.SetAction((parsed, stop) => ForwarderCommand.GuardAsync(
            parsed, settings => RunAsync(settings, parsed.GetValue(limit), parsed.GetValue(dryRun), stop)));
        return command;
    }

    private static async Task<int> RunAsync(string[] settings, long limit, bool dryRun, CancellationToken stop)
    {
        var builder = Host.CreateApplicationBuilder(settings);
        var options = builder.Configuration.GetSection(ForwarderOptions.Section).Get<ForwarderOptions>() ?? new();
        builder.AddKafkaConsumer<byte[], byte[]>("kafka", consumer =>
        {
            consumer.DisableHealthChecks = consumer.DisableMetrics = consumer.DisableTracing = true;
            BootstrapServers.Require(consumer.ConnectionString, consumer.Config, "kafka");
            consumer.Config.GroupId = options.GroupId + "-replay";
            consumer.Config.EnableAutoCommit = false;
            consumer.Config.AutoOffsetReset = AutoOffsetReset.Earliest;
        });
        builder.AddKafkaProducer<byte[], byte[]>("kafka", producer =>
        {
            producer.DisableHealthChecks = producer.DisableMetrics = producer.DisableTracing = true;
            producer.Config.Acks = Acks.All;
            producer.Config.EnableIdempotence = true;
            producer.Config.MessageMaxBytes ??= 16 * 1024 * 1024;
        });
        using var host = builder.Build();

        var replay = new DeadLetterReplay(
            host.Services.GetRequiredService<IConsumer<byte[], byte[]>>(),
            host.Services.GetRequiredService<IProducer<byte[], byte[]>>(),
            options.DeadLetterTopic);
        try
        {
            var counts = await replay.RunAsync(limit, dryRun, stop).ConfigureAwait(false);
            foreach (var ((topic, reason), count) in counts.OrderBy(entry => entry.Key))
                await Console.Out.WriteLineAsync($"{topic}\t{reason}\t{count}").ConfigureAwait(false);
            await Console.Out.WriteLineAsync($"{counts.Values.Sum()} dead letters {(dryRun ? "would be replayed" : "replayed")}").ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (KafkaException exception)
        {
            await Console.Error.WriteLineAsync($"Kafka: {exception.Error.Reason}").ConfigureAwait(false);
            return 1;
        }
    }
}
