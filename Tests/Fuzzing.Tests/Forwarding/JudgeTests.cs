using System.Text;
using Confluent.Kafka;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Settings;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>The judge sees what it is there for.</summary>
public sealed class JudgeTests
{
    private static readonly ConsumeResult<byte[], byte[]> Record = Result("test-logs", 0, """{"level":"info","message":"one"}""");

    private readonly Judge _judge = new(new Oracle(new ForwarderOptions()));

    [Fact]
    public void A_line_that_is_stored_once_is_right() => Assert.Empty(FaultsOf(stored: 1));

    [Fact]
    public void A_line_that_is_a_dead_letter_and_not_stored_is_right() => Assert.Empty(FaultsOf(stored: 0, Letter("0")));

    [Fact]
    public void A_line_that_is_neither_stored_nor_a_dead_letter_is_missing() =>
        Assert.StartsWith("missing: test-logs [[0]] @5 line 0", Assert.Single(FaultsOf(stored: 0)), StringComparison.Ordinal);

    [Fact]
    public void A_line_that_is_stored_in_two_streams_is_seen() =>
        Assert.StartsWith("stored twice", Assert.Single(FaultsOf(stored: 2)), StringComparison.Ordinal);

    [Fact]
    public void A_line_that_is_stored_and_a_dead_letter_is_seen() =>
        Assert.Contains("or a dead letter as well", Assert.Single(FaultsOf(stored: 1, Letter("0"))), StringComparison.Ordinal);

    [Fact]
    public void Two_dead_letters_of_one_line_are_seen() =>
        Assert.StartsWith("two dead letters", Assert.Single(FaultsOf(stored: 0, Letter("0"), Letter("0"))), StringComparison.Ordinal);

    [Fact]
    public void A_dead_letter_that_is_not_the_record_is_seen() => Assert.Equal(
        "the dead letter of RecordOrigin { Topic = test-logs, Partition = 0, Offset = 5 } has another key or value",
        Assert.Single(FaultsOf(stored: 0, Letter("0", "changed"))));

    [Fact]
    public void A_record_without_lines_that_has_no_dead_letter_is_missing()
    {
        _judge.AddRecord(Result("test-logs", 6, null));
        Assert.StartsWith("missing: the record", Assert.Single(FaultsOf(stored: 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_no_record_holds_is_seen()
    {
        _judge.Compare(new() { [LineKey.Of(1, "x"u8)] = 1 });
        Assert.StartsWith("1 lines are stored that no record holds", Assert.Single(_judge.Faults), StringComparison.Ordinal);
    }

    private IReadOnlyList<string> FaultsOf(int stored, params ConsumeResult<byte[], byte[]>[] letters)
    {
        var line = new Oracle(new ForwarderOptions()).Read(Record)!.Single();
        _judge.AddRecord(Record);
        foreach (var letter in letters)
            _judge.AddLetter(letter, mayRepeat: false);
        _judge.Compare(stored == 0 ? [] : new() { [line.Key] = stored });
        return _judge.Faults;
    }

    private static ConsumeResult<byte[], byte[]> Letter(string lines, string? value = null)
    {
        var letter = Result(Run.DeadLetters, 0, value ?? Encoding.UTF8.GetString(Record.Message.Value));
        foreach (var (name, text) in new[]
        {
            (DeadLetterHeaders.Topic, "test-logs"), (DeadLetterHeaders.Partition, "0"), (DeadLetterHeaders.Offset, "5"),
            (DeadLetterHeaders.Reason, "line_too_long"), (DeadLetterHeaders.Lines, lines),
        })
            letter.Message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        return letter;
    }

    private static ConsumeResult<byte[], byte[]> Result(string topic, long offset, string? value) => new()
    {
        TopicPartitionOffset = new(topic, 0, topic == Run.DeadLetters || value is null ? offset : 5),
        Message = new()
        {
            Value = value is null ? null! : Encoding.UTF8.GetBytes(value),
            Headers = [],
            Timestamp = new Timestamp(1_757_857_500_000, TimestampType.CreateTime),
        },
    };
}
