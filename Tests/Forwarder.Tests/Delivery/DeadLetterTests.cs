using System.Globalization;
using System.Text;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class DeadLetterTests
{
    private readonly LogStream _stream = TestStreams.Create("service").Get("x");

    [Fact]
    public void A_record_without_a_key_has_none_in_its_letter_either_and_an_empty_one_is_one()
    {
        var partition = TestPartition.Create();

        Assert.Null(new DeadLetter(new TestRecord(partition, 0, "value"u8).Record, "empty", "words").Key);
        Assert.Empty(new DeadLetter(new TestRecord(partition, 1, "value"u8, []).Record, "empty", "words").Key!);
    }

    [Fact]
    public void Lines_are_in_the_order_of_the_record_with_their_own_texts_whatever_the_order_they_came_in()
    {
        var batch = Fill(["", "one", "two", new string('3', 300), "four"]);
        var letter = new DeadLetter(batch, 0);
        foreach (var line in new[] { 4, 1, 3, 0, 2 })
            letter.Add(batch, new(line, $"reason {line}", $"words {line}"));

        letter.Close();

        Assert.Equal(["", "one", "two", new string('3', 300), "four"],
            letter.Lines.Select(line => Encoding.UTF8.GetString(letter.TextOf(line))));
        Assert.Equal(("reason 0", "words 0"), (letter.Reason, letter.Words));
    }

    /// <summary>What waits for the broker is bounded by its bytes, so each byte of a letter counts.</summary>
    [Fact]
    public void A_letter_counts_its_key_its_value_its_headers_and_the_texts_of_its_lines()
    {
        var none = Bytes();

        Assert.Equal(1000, Bytes(key: 1000) - none);
        Assert.Equal(1000, Bytes(value: 1000) - none);
        Assert.InRange(Bytes(header: 1000) - none, 1000, 1200);
        Assert.InRange(none, 500, 5000);

        var batch = Fill(["", new string('x', 1000)]);
        var letter = new DeadLetter(batch, 0);
        letter.Add(batch, new(0, "", ""));
        var empty = letter.Bytes;
        letter.Add(batch, new(1, "", ""));
        Assert.InRange(letter.Bytes - empty, 1000, 1200);
    }

    [Fact]
    public void Lines_without_a_byte_count_as_well()
    {
        var batch = Fill(Enumerable.Repeat("", 1000));
        var letter = new DeadLetter(batch, 0);
        var before = letter.Bytes;
        for (var line = 0; line < 1000; line++)
            letter.Add(batch, new(line, "", ""));

        Assert.InRange(letter.Bytes - before, 1000 * 30, 1000 * 100);
    }

    /// <summary>Loki's words are hundreds of bytes a line, and a record may have a hundred thousand lines.</summary>
    [Fact]
    public void Beyond_the_first_thousand_lines_words_are_kept_once()
    {
        var batch = Fill(Enumerable.Repeat("", 1010));
        var letter = new DeadLetter(batch, 0);
        for (var line = 0; line < 1010; line++)
            letter.Add(batch, new(line, "", line.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal([.. Enumerable.Range(0, 1000), .. Enumerable.Repeat(999, 10)],
            letter.Lines.Select(line => int.Parse(line.Words, CultureInfo.InvariantCulture)));
    }

    private static long Bytes(int? key = null, int value = 0, int header = 0) => new DeadLetter(new TestRecord(
        TestPartition.Create(), 0, new byte[value], key is { } length ? new byte[length] : null,
        headers: header > 0 ? [new("name", new byte[header])] : null).Record, "reason", "words").Bytes;

    private Batch Fill(IEnumerable<string> lines)
    {
        var record = new TestRecord(TestPartition.Create(), 0, "value"u8);
        var batch = new Batch(1024);
        foreach (var (i, line) in lines.Index())
            batch.Add(record.Record, i, _stream, i, Encoding.UTF8.GetBytes(line), default);
        return batch;
    }
}
