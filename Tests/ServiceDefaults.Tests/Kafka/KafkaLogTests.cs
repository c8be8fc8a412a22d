using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Tests.Cli;

namespace Observability.ServiceDefaults.Tests.Kafka;

public sealed class KafkaLogTests
{
    [Fact]
    public void A_broker_that_is_away_is_a_line_at_first_and_then_one_a_minute()
    {
        var lines = new List<string>();
        var time = new FakeTimeProvider();
        using var provider = new ListLogger(lines);
        var log = new KafkaLog(provider.CreateLogger("kafka"), time);

        // Two minutes of what librdkafka says ten times a second.
        for (var i = 0; i < 1_200; i++)
        {
            log.Write(new LogMessage("producer", SyslogLevel.Error, i % 2 == 0 ? "FAIL" : "ERROR", "Connection refused"));
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(["kafka: Connection refused\n", "kafka: Connection refused (599 like it since the last of these lines)\n"], lines);
    }

    [Fact]
    public void Everything_else_is_written_as_it_is_said()
    {
        var lines = new List<string>();
        using var provider = new ListLogger(lines);
        var log = new KafkaLog(provider.CreateLogger("kafka"), new FakeTimeProvider());

        log.Write(new LogMessage("consumer", SyslogLevel.Warning, "CONFWARN", "a"));
        log.Write(new LogMessage("consumer", SyslogLevel.Warning, "CONFWARN", "b"));

        Assert.Equal(2, lines.Count);
    }
}
