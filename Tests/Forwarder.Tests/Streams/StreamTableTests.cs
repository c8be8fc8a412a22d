using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Decoding;

namespace Observability.Forwarder.Tests.Streams;

public sealed class StreamTableTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Equal_values_are_one_stream()
    {
        var table = TestStreams.Create("a", "b");
        var first = table.Get("x", "y");
        table.Get("xy", "");
        table.Get("", "xy");

        Assert.Same(first, table.Get("x", "y"));
        Assert.Equal(3, table.Count);
    }

    [Fact]
    public void Many_streams_in_any_order_are_each_found_again()
    {
        var table = new StreamTable(["a", "b"], 20_000, _time);
        // Ten times as many as are at hand, some of which differ in their middle only.
        var values = Enumerable.Range(0, 20_000).Select(number => (A: $"level-{number % 7}", B: $"a-{number / 7}-service")).ToList();
        var streams = values.ConvertAll(value => table.Get(value.A, value.B));
        Assert.Equal(values.Count, streams.Distinct().Count());

        var random = new Random(1);
        for (var i = 0; i < 100_000; i++)
        {
            var place = random.Next(values.Count);
            Assert.Same(streams[place], table.Get(values[place].A, values[place].B));
        }
    }

    [Theory]
    [InlineData("x", "y", "{a=\"x\", b=\"y\"}")]
    [InlineData("", "y", "{b=\"y\"}")]
    [InlineData("x", "", "{a=\"x\"}")]
    [InlineData("", "", "{}")]
    [InlineData("say \"hi\" \\ bye", "\n\r\t\0\u001F\u007F", "{a=\"say \\\"hi\\\" \\\\ bye\", b=\"\\n\\r\\t\\x00\\x1f\\x7f\"}")]
    [InlineData("é€😀", "\u2028\u0085", "{a=\"é€😀\", b=\"\u2028\u0085\"}")]
    public void A_stream_is_written_as_Loki_writes_one(string a, string b, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(TestStreams.Create("a", "b").Get(a, b).Labels));

    /// <summary>Loki reads a set with Prometheus' lexer, which takes U+FFFD for broken UTF-8 (<c>promql/parser/lex.go</c>,
    /// <c>lexString</c>) and refuses the whole stream.</summary>
    [Fact]
    public void A_replacement_character_does_not_reach_Loki()
    {
        var stream = TestStreams.Create("a").Get("broken \uFFFD text");

        Assert.Equal("{a=\"broken ? text\"}", Encoding.UTF8.GetString(stream.Labels));
    }

    [Fact]
    public void Any_values_are_read_back_by_Loki() => Gen.Select(Texts.Any, Texts.Any).Sample(
        (a, b) =>
        {
            var labels = Encoding.UTF8.GetString(TestStreams.Create("a", "b").Get(a, b).Labels);

            Assert.Equal(new[] { ("a", a), ("b", b) }.Where(label => label.Item2.Length > 0), Lex(labels));
        },
        iter: 1000);

    [Fact]
    public void One_stream_too_many_shares_the_overflow_stream()
    {
        var table = new StreamTable(["a", "b"], 3, _time);
        for (var i = 0; i < 3; i++)
            table.Get("x", "v" + i);

        var overflow = Find(table, "new", out var isOverflow);

        Assert.True(isOverflow);
        Assert.Equal("{a=\"overflow\", b=\"overflow\"}", Encoding.UTF8.GetString(overflow.Labels));
        Assert.Same(overflow, Find(table, "newer", out _));
        Assert.Equal(3, table.Count);
        Find(table, "v1", out isOverflow);
        Assert.False(isOverflow);
    }

    [Fact]
    public void Streams_idle_for_half_an_hour_make_room_and_the_others_stay()
    {
        var table = new StreamTable(["a", "b"], 2, _time);
        Find(table, "idle", out _);
        var busy = Find(table, "busy", out _);
        Advance(table, TimeSpan.FromMinutes(29));
        Find(table, "busy", out _);
        Find(table, "third", out var isOverflow);
        Assert.True(isOverflow);

        Advance(table, TimeSpan.FromMinutes(2));
        Find(table, "third", out isOverflow);

        Assert.False(isOverflow);
        Assert.Equal(2, table.Count);
        Assert.Same(busy, Find(table, "busy", out _));
    }

    /// <summary>Lines are sorted by the number of their stream: two streams of one number would be one.</summary>
    [Fact]
    public void No_two_live_streams_have_the_same_number_and_those_of_forgotten_ones_are_used_again()
    {
        var table = new StreamTable(["a", "b"], 20, _time);
        var live = new Dictionary<string, LogStream>();
        var highest = 0;
        for (var round = 0; round < 30; round++)
        {
            // A third of the streams goes on, the others are idle for half an hour.
            foreach (var value in live.Keys.Where((_, index) => (index + round) % 3 != 0).ToList())
                live.Remove(value);
            Advance(table, TimeSpan.FromMinutes(16));
            foreach (var value in live.Keys)
                Assert.Same(live[value], Find(table, value, out _));
            Advance(table, TimeSpan.FromMinutes(16));
            for (var i = live.Count; i < 20; i++)
            {
                var value = $"{round}-{i}";
                live.Add(value, Find(table, value, out var isOverflow));
                Assert.False(isOverflow);
            }

            Assert.Equal(20, table.Count);
            Assert.Equal(20, live.Values.Select(stream => stream.Number).Distinct().Count());
            Assert.DoesNotContain(0, live.Values.Select(stream => stream.Number));
            highest = Math.Max(highest, live.Values.Max(stream => stream.Number));
        }

        Assert.Equal(20, highest);
    }

    [Fact]
    public void A_stream_knows_its_labels_as_metadata_and_the_overflow_stream_has_none()
    {
        var table = new StreamTable(["a", "b"], 1, _time);
        var stream = Find(table, "b", out _);

        Assert.Equal(BatchModel.Encode([("overflow_a", "x"), ("overflow_b", "b")]), stream.LabelsAsMetadata);
        Assert.Same(Find(table, "c", out _), stream.Overflow);
        Assert.Empty(stream.Overflow!.LabelsAsMetadata);
        Assert.Null(stream.Overflow.Overflow);
    }

    [Fact]
    public void A_stream_that_made_room_is_another_when_it_comes_back()
    {
        var table = new StreamTable(["a", "b"], 2, _time);
        var idle = Find(table, "idle", out _);
        Find(table, "busy", out _);
        Advance(table, TimeSpan.FromMinutes(31));
        Find(table, "busy", out _);
        Find(table, "third", out _);

        Find(table, "idle", out var isOverflow);
        Assert.True(isOverflow);

        Advance(table, TimeSpan.FromMinutes(31));
        var again = Find(table, "idle", out isOverflow);
        Assert.False(isOverflow);
        Assert.NotSame(idle, again);
    }

    [Fact]
    public void A_full_table_is_looked_through_every_ten_seconds_at_the_most()
    {
        var table = new StreamTable(["a", "b"], 1, _time);
        Find(table, "first", out _);
        Advance(table, TimeSpan.FromMinutes(30));
        Find(table, "second", out var isOverflow);
        Assert.True(isOverflow);

        Advance(table, TimeSpan.FromSeconds(9));
        Find(table, "second", out isOverflow);
        Assert.True(isOverflow);

        Advance(table, TimeSpan.FromSeconds(1));
        Find(table, "second", out isOverflow);
        Assert.False(isOverflow);
    }

    private static LogStream Find(StreamTable table, string value, out bool isOverflow)
    {
        var key = new byte[100];
        var length = StreamTable.AppendValue(key, StreamTable.AppendValue(key, 0, "x"u8), Encoding.UTF8.GetBytes(value));
        return table.Get(key.AsSpan(0, length), out isOverflow);
    }

    private void Advance(StreamTable table, TimeSpan time)
    {
        _time.Advance(time);
        table.Now = _time.GetTimestamp();
    }

    // Prometheus' lexString and strutil.Unquote: the escapes it knows, no raw line break, no U+FFFD.
    private static List<(string Name, string Value)> Lex(string text)
    {
        List<(string Name, string Value)> labels = [];
        Assert.Equal('{', text[0]);
        var position = 1;
        while (text[position] != '}')
        {
            if (labels.Count > 0)
            {
                Assert.Equal(", ", text.Substring(position, 2));
                position += 2;
            }

            var equals = text.IndexOf('=', position);
            var name = text[position..equals];
            Assert.Equal('"', text[equals + 1]);
            var value = new StringBuilder();
            for (position = equals + 2; text[position] != '"'; position++)
            {
                Assert.NotEqual('\n', text[position]);
                Assert.NotEqual('\uFFFD', text[position]);
                if (text[position] != '\\')
                {
                    value.Append(text[position]);
                    continue;
                }

                position++;
                if (text[position] == 'x')
                {
                    value.Append((char)int.Parse(text.AsSpan(position + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    position += 2;
                }
                else
                {
                    value.Append("\n\r\t\\\""["nrt\\\"".IndexOf(text[position], StringComparison.Ordinal)]);
                }
            }

            labels.Add((name, value.ToString()));
            position++;
        }

        Assert.Equal(text.Length - 1, position);
        return labels;
    }
}
