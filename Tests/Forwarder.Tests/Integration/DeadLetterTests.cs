using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Observability.Forwarder.Cli;
using Observability.Forwarder.Delivery;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>What Loki will never take is kept, and nothing but that.</summary>
public sealed class DeadLetterTests
{
    [Fact(Timeout = 90_000)]
    public async Task Exactly_the_lines_that_the_store_refuses_become_dead_letters()
    {
        await using var stack = await Stack.StartAsync();
        // Else the Forwarder takes Kafka's time instead of one that old.
        stack.Settings["Forwarder:MaxTimeBehind"] = "36500.00:00:00";
        // Broker first, Forwarder second: good and bad lines then share batches.
        await stack.ProduceAsync(Stack.Topic, Enumerable.Range(0, 2000).Select(i => i % 100 == 7 ? TooOld(i) : Good(i)));
        await stack.StartForwarderAsync();

        var good = await stack.WaitForLinesAsync("""{service="mixed"}""", 1980);
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 2000);
        var dead = await stack.ReadAsync(Stack.DeadLetters);

        Assert.Equal(1980, good.Count);
        Assert.Equal(
            Enumerable.Range(0, 2000).Where(i => i % 100 == 7).Select(TooOld).Order(),
            dead.Select(record => Encoding.UTF8.GetString(record.Message.Value)).Order());
        Assert.All(dead, record =>
        {
            Assert.Equal(Stack.Topic, Header(record, DeadLetterHeaders.Topic));
            Assert.Equal("timestamp_too_old", Header(record, DeadLetterHeaders.Reason));
            Assert.Contains("too old", Header(record, DeadLetterHeaders.Message), StringComparison.Ordinal);
            Assert.True(long.Parse(Header(record, DeadLetterHeaders.Offset), null) >= 0);
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task A_record_without_a_value_becomes_a_dead_letter_with_its_key_and_headers()
    {
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic,
            new Message<byte[], byte[]> { Key = "k"u8.ToArray(), Value = [], Headers = new Headers { { "h", "v"u8.ToArray() } } });

        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 1);
        var record = Assert.Single(await stack.ReadAsync(Stack.DeadLetters));

        Assert.Equal("k"u8.ToArray(), record.Message.Key);
        Assert.Equal("v", Header(record, "h"));
        Assert.Equal("empty", Header(record, DeadLetterHeaders.Reason));
    }

    [Fact(Timeout = 90_000)]
    public async Task Replayed_dead_letters_are_stored_once_the_cause_is_gone()
    {
        var isStrict = true;
        await using var stack = await Stack.StartAsync();
        stack.Loki.Fault = async context =>
        {
            if (!isStrict || context.Request.Path != "/loki/api/v1/push")
                return false;
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("max entry size exceeded");
            return true;
        };
        await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, Good(1), Good(2));
        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 2);
        isStrict = false;

        using StringWriter output = new(), error = new();
        var code = await ForwarderCommand.RunAsync(
            ["replay-dead-letters", .. stack.Settings.Select(setting => $"--{setting.Key}={setting.Value}")], output, error,
            TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (code, error.ToString()));
        Assert.Equal([Good(1), Good(2)], (await stack.WaitForLinesAsync("""{service="mixed"}""", 2)).Select(line => line.Line).Order());
    }

    /// <summary>Of a record with many lines those that are refused make one letter, and its replay brings those alone.</summary>
    [Fact(Timeout = 90_000)]
    public async Task A_record_of_many_lines_makes_one_letter_and_its_replay_sends_the_refused_lines_alone()
    {
        await using var stack = await Stack.StartAsync(new EmbeddedLokiOptions { MaxLineSize = 100 });
        var now = DateTime.UtcNow;
        var scope = new ScopeLogs();
        for (var i = 0; i < 500; i++)
        {
            scope.LogRecords.Add(new LogRecord
            {
                TimeUnixNano = (ulong)(now.AddTicks(i) - DateTime.UnixEpoch).Ticks * 100,
                Body = new() { StringValue = $"line {i}".PadRight(i % 10 == 7 ? 101 : 0) },
            });
        }

        var request = new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } };
        await stack.StartForwarderAsync();
        await stack.ProduceAsync("alloy-logs", new Message<byte[], byte[]> { Value = request.ToByteArray() });
        await Stack.UntilAsync(async () => await stack.CommittedAsync("alloy-logs") == 1);

        var letter = Assert.Single(await stack.ReadAsync(Stack.DeadLetters));
        Assert.Equal(string.Join(',', Enumerable.Range(0, 50).Select(i => (i * 10) + 7)), Header(letter, DeadLetterHeaders.Lines));
        Assert.Equal(request.ToByteArray(), letter.Message.Value);

        // Refused again, it makes one letter again, of the same lines and origin; a foreign record is stepped over.
        await stack.ProduceAsync(Stack.DeadLetters, "not a letter");
        Assert.Equal(0, await ReplayAsync(stack));
        await Stack.UntilAsync(async () => await stack.CommittedAsync("alloy-logs") == 2);

        var letters = await stack.ReadAsync(Stack.DeadLetters);
        Assert.Equal(3, letters.Count);
        foreach (var name in new[] { DeadLetterHeaders.Topic, DeadLetterHeaders.Partition, DeadLetterHeaders.Offset,
            DeadLetterHeaders.Lines })
            Assert.Equal(Header(letter, name), Header(letters[2], name));
        Assert.Equal(450, stack.Loki.Store.StoredLines);
        Assert.Equal(0, stack.Loki.Store.DeduplicatedLines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_tombstone_stays_one_in_a_dead_letter()
    {
        await using var stack = await Stack.StartAsync();
        await stack.StartForwarderAsync();
        await stack.ProduceAsync(Stack.Topic, new Message<byte[], byte[]> { Key = "k"u8.ToArray(), Value = null! });

        await Stack.UntilAsync(async () => await stack.CommittedAsync(Stack.Topic) == 1);

        Assert.Null(Assert.Single(await stack.ReadAsync(Stack.DeadLetters)).Message.Value);
    }

    private static Task<int> ReplayAsync(Stack stack) => ForwarderCommand.RunAsync(
        ["replay-dead-letters", .. stack.Settings.Select(setting => $"--{setting.Key}={setting.Value}")], TextWriter.Null, TextWriter.Null,
        TestContext.Current.CancellationToken);

    private static string Good(int i) => $$"""{"service":"mixed","message":"good {{i}}"}""";

    private static string TooOld(int i) =>
        $$"""{"timestamp":"{{DateTime.UtcNow.AddDays(-30).Date:O}}","service":"mixed","message":"old {{i}}"}""";

    private static string Header(ConsumeResult<byte[], byte[]> record,
        string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));
}
