using System.CommandLine;
using System.Text.Json;
using Confluent.Kafka;
using Observability.Benchmarks.Throughput;

namespace Observability.Benchmarks.Service;

/// <summary>What reading alone costs: a loop around Confluent.Kafka's <c>Consume()</c>, from the assignment to the last record.</summary>
internal static class BareLoop
{
    private static readonly Option<string> Kafka = new("--kafka") { Required = true };
    private static readonly Option<string> Topic = new("--topic") { Required = true };
    private static readonly Option<long> Records = new("--records") { Required = true };

    /// <summary>The command that runs it in a process of its own.</summary>
    public static Command Create()
    {
        var command = new Command("bare") { Kafka, Topic, Records };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            var result = Run(parsed.GetValue(Kafka)!, parsed.GetValue(Topic)!, parsed.GetValue(Records));
            Console.WriteLine(JsonSerializer.Serialize(result));
            return 0;
        });
        return command;
    }

    private static RunResult Run(string kafka, string topic, long records)
    {
        Measurement? measurement = null;
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka,
            GroupId = "bare-" + Guid.NewGuid(),
            GroupProtocol = GroupProtocol.Consumer,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            // As the Forwarder has it: with the default second it would mostly wait.
            FetchQueueBackoffMs = 10,
        }).SetPartitionsAssignedHandler((_, _) => measurement ??= new Measurement()).Build();
        consumer.Subscribe(topic);
        for (var read = 0L; read < records; read++)
            consumer.Consume();
        return measurement!.Finish(records);
    }
}
