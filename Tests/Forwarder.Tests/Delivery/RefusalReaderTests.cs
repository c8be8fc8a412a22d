using System.Globalization;
using System.Text;
using CsCheck;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>The texts are Loki's (v3.7.6), put together as its code does.</summary>
public sealed class RefusalReaderTests
{
    private const long Second = 1_000_000_000;
    private const long Now = 1_757_857_500 * Second;
    private const string TooLong =
        "max entry size '10' bytes exceeded for stream '{service=\"shop\"}' while adding an entry with length '12' bytes";

    private readonly List<RefusedLine> _refused = [];

    /// <summary>As an ingester refuses: line by line, the oldest acceptable time moves with the newest line.</summary>
    [Fact]
    public void Of_an_ingester_s_refusal_no_line_is_taken_for_what_it_is_not() =>
        Gen.Select(Gen.Int[0, 9000].Array[1, 60], Gen.Int[-9000, 9000], Gen.Int[1, 20]).Sample((seconds, before, listed) =>
        {
            var times = seconds.Select(second => Now + (second * Second) + (second % 7)).ToArray();
            var newest = Now + (before * Second);
            List<(int Line, long Cutoff)> bad = [];
            for (var i = 0; i < times.Length; i++)
            {
                if (times[i] < newest - (3600 * Second))
                    bad.Add((i, newest - (3600 * Second)));
                else
                    newest = Math.Max(newest, times[i]);
            }

            if (bad.Count == 0)
                return;
            var text = string.Concat(bad.Take(listed).Select(entry =>
                $"entry with timestamp {GoTime(times[entry.Line])} ignored, reason: '{Behind(times[entry.Line], entry.Cutoff)}',\n"))
                + $"user 'fake', total ignored: {bad.Count} out of {times.Length} for stream: {{service=\"shop\"}}";
            _refused.Clear();
            var again = Read(CreateBatch(times), text);

            Assert.All(_refused, line => Assert.Contains(bad, entry => entry.Line == line.Line));
            Assert.All(bad, entry => Assert.True(again.Contains(entry.Line) || _refused.Any(line => line.Line == entry.Line)));
            if (listed >= bad.Count && times.Distinct().Count() == times.Length)
                Assert.Empty(again);
            Assert.All(_refused,
                line => Assert.StartsWith("entry too far behind, entry timestamp is: ", line.Words, StringComparison.Ordinal));
        }, threads: 1, iter: 1000);

    [Fact]
    public void Two_hundred_late_lines_of_four_thousand_are_found_by_one_answer_that_lists_ten()
    {
        var times = Enumerable.Range(0, 4000).Select(i => Now + i - (i % 20 == 19 ? 7200 * Second : 0)).ToArray();
        var late = Enumerable.Range(0, 4000).Where(i => i % 20 == 19).ToArray();
        var text = string.Concat(late.Take(10).Select(line =>
            $"entry with timestamp {GoTime(times[line])} ignored, reason: '{Behind(times[line], Now - (3600 * Second))}',\n"))
            + "user 'fake', total ignored: 200 out of 4000 for stream: {service=\"shop\"}";

        Assert.Empty(Read(CreateBatch(times), text));
        Assert.Equal(late, _refused.Select(line => line.Line));
        Assert.All(_refused, line => Assert.Equal("out_of_order", line.Reason));
    }

    /// <summary>The time is named in whole seconds: a line of just that time may have been taken.</summary>
    [Fact]
    public void A_line_as_old_as_the_oldest_that_is_accepted_is_not_taken_for_refused_nor_for_stored()
    {
        var oldest = Now - (3600 * Second);
        long[] times = [Now - (7200 * Second), oldest, Now];

        Assert.Equal([1, 2], Read(CreateBatch(times), Ignored(times[0], Behind(times[0], oldest)) + Total(2, 3)));
        Assert.Equal([0], _refused.Select(line => line.Line));
    }

    /// <summary>Each line that is not listed may be over the limit.</summary>
    [Fact]
    public void Where_a_rate_limit_refused_some_lines_all_that_are_not_listed_are_sent_again()
    {
        long[] times = [Now - (7200 * Second), Now, Now - (7100 * Second), Now + 1];

        Assert.Equal([1, 2, 3], Read(CreateBatch(times),
            Ignored(times[0], Behind(times[0], Now - (3600 * Second))) + Ignored(times[1], RateLimit) + Total(3, 4)));
        Assert.Equal([0], _refused.Select(line => line.Line));
    }

    [Fact]
    public void What_a_label_says_proves_nothing_whichever_stream_of_a_batch_it_is_of()
    {
        var streams = TestStreams.Create("service");
        var batch = new Batch(1024);
        foreach (var service in new[] { "shop", "has timestamp too old: 2001-01-01T00:00:00Z" })
            batch.Add(new TestRecord(TestPartition.Create(), 0, "x"u8).Record, 0, streams.Get(service), Now, "x"u8, default);
        batch.OrderByStream();

        Assert.Equal([1], RefusalReader.Read(batch, batch.LinesOf(1).Span, isShared: false,
            new PushAnswer(PushVerdict.Invalid, "labels", "stream '{}' has label value too long: 'x'"), _refused));
        Assert.Empty(_refused);
    }

    [Fact]
    public void Lines_over_a_rate_limit_are_sent_again_and_those_before_the_first_of_them_are_not()
    {
        var times = Enumerable.Range(0, 100).Select(i => Now + i).ToArray();
        var text = string.Concat(
            Enumerable.Range(40, 10).Select(line => $"entry with timestamp {GoTime(times[line])} ignored, reason: '{RateLimit}',\n"))
            + "user 'fake', total ignored: 55 out of 100 for stream: {service=\"shop\"}";

        Assert.Equal(Enumerable.Range(40, 60), Read(CreateBatch(times), text));
        Assert.Empty(_refused);
    }

    [Fact]
    public void Where_the_distributor_has_taken_out_lines_before_only_the_listed_ones_are_known()
    {
        var times = Enumerable.Range(0, 5).Select(i => Now + i - (i == 3 ? 7200 * Second : 0)).ToArray();
        var text =
            $"entry with timestamp {GoTime(times[3])} ignored, reason: '{Behind(times[3], Now - (3600 * Second))}',\nuser 'fake', total ignored: 1 out of 4 for stream: {{}}";

        Assert.Equal([0, 1, 2, 4], Read(CreateBatch(times), text));
        Assert.Equal([3], _refused.Select(line => line.Line));
    }

    [Fact]
    public void A_time_that_several_lines_have_does_not_say_which_of_them_was_refused()
    {
        long[] times = [Now - (3600 * Second), Now + Second, Now - (3600 * Second), Now + (2 * Second)];
        var text =
            $"entry with timestamp {GoTime(times[2])} ignored, reason: '{Behind(times[2], Now - (3599 * Second))}',\nuser 'fake', total ignored: 1 out of 4 for stream: {{}}";

        Assert.Equal([0, 2], Read(CreateBatch(times), text).Intersect([0, 2]));
        Assert.Empty(_refused);
    }

    [Fact]
    public void Of_several_streams_an_ingester_speaks_of_one_alone()
    {
        var text =
            $"entry with timestamp {GoTime(Now)} ignored, reason: '{Behind(Now, Now + Second)}',\nuser 'fake', total ignored: 1 out of 1 for stream: {{}}";

        Assert.Equal([0, 1, 2], Read(CreateBatch([Now, Now + 1, Now + 2]), text, isShared: true));
        Assert.Empty(_refused);
    }

    /// <summary>The distributor checks each line by itself, and writes times in whole seconds.</summary>
    [Fact]
    public void Of_a_distributor_s_refusal_exactly_the_refused_lines_are_found() =>
        Gen.Select(Gen.Int[-3000, 3000], Gen.Int[1, 20]).Array[1, 60].Sample(lines =>
        {
            var times = lines.Select(line => Now + (line.Item1 * 7 * Second / 10)).ToArray();
            var texts = lines.Select(line => new string('x', line.Item2)).ToArray();
            var (oldest, newest) = (Now - (1000 * Second) + 300_000_000, Now + (1000 * Second) + 500_000_000);
            var errors = Enumerable.Range(0, lines.Length)
                .Select(i => (Line: i, Words: times[i] < oldest
                    ? $"entry for stream '{{service=\"shop\", service_name=\"shop\"}}' has timestamp too old: {Rfc3339(times[i])}, oldest acceptable timestamp is: {Rfc3339(oldest)}"
                    : times[i] > newest
                        ? $"entry for stream '{{service=\"shop\", service_name=\"shop\"}}' has timestamp too new: {Rfc3339(times[i])}"
                    : texts[i].Length > 10 ? TooLong.Replace("'12'", $"'{texts[i].Length}'", StringComparison.Ordinal) : ""))
                .Where(error => error.Words.Length > 0).ToList();
            if (errors.Count == 0)
                return;
            var groups = errors.GroupBy(error => error.Words).ToList();
            var text = string.Join("; ",
                groups.Select(group => (groups.Count > 1 || group.Count() > 1 ? $"{group.Count()} errors like: " : "") + group.Key));

            _refused.Clear();
            Assert.Empty(Read(CreateBatch(times, texts), text, isShared: true));

            Assert.Equal(errors.Select(error => error.Line), _refused.Select(line => line.Line).Order());
            Assert.All(_refused, line => Assert.Equal(
                errors.Single(error => error.Line == line.Line).Words.Replace(", service_name=\"shop\"", "", StringComparison.Ordinal),
                line.Words));
        }, threads: 1, iter: 1000);

    [Fact]
    public void A_refusal_whose_words_do_not_fit_the_lines_says_nothing_of_them()
    {
        var batch = CreateBatch([Now, Now + 1, Now + 2]);
        foreach (var text in new[]
        {
            $"2 errors like: entry for stream '{{}}' has timestamp too old: {Rfc3339(Now)}, oldest acceptable timestamp is: {Rfc3339(Now - (5 * Second))}",
            "max entry size '1000' bytes exceeded for stream '{}' while adding an entry with length '2000' bytes",
            $"entry with timestamp {GoTime(Now - 77)} ignored, reason: '{Behind(Now, Now)}',\nuser 'fake', total ignored: 1 out of 3 for stream: {{}}",
            "entry too far behind",
            "stream '{}' has label value too long: 'x'",
            "99999999999999999999999999 errors like: x",
            // A time that is none.
            $"entry for stream '{{}}' has timestamp too old: {Rfc3339(Now)}, oldest acceptable timestamp is: then",
            // Newer lines than the one that is too new, or older ones than the one that is too old.
            $"1 errors like: entry for stream '{{}}' has timestamp too new: {Rfc3339(Now + (5 * Second))}",
            $"1 errors like: entry for stream '{{}}' has timestamp too old: {Rfc3339(Now)}, oldest acceptable timestamp is: {Rfc3339(Now + (5 * Second))}",
            // More entries than there are in all, and entries in another order than the lines.
            Ignored(Now, Behind(Now, Now + Second)) + Ignored(Now + 1, Behind(Now + 1, Now + Second)) + Total(1, 3),
            Ignored(Now + 1, Behind(Now + 1, Now + Second)) + Ignored(Now, Behind(Now, Now + Second)) + Total(2, 3),
        })
            Assert.Equal([0, 1, 2], Read(batch, text));
        // Two lines are newer than the one that is said to be too new.
        Assert.Equal([0, 1, 2], Read(CreateBatch([Now, Now + (10 * Second), Now + (20 * Second)]),
            $"1 errors like: entry for stream '{{}}' has timestamp too new: {Rfc3339(Now + (5 * Second))}"));
        Assert.Empty(_refused);
    }

    /// <summary>Of two lines of one second the later one may be the only one that is too new.</summary>
    [Fact]
    public void A_border_within_a_second_is_found_by_the_number_of_lines()
    {
        Assert.Empty(Read(CreateBatch([Now, Now + (5 * Second) + 100_000_000, Now + (5 * Second) + 900_000_000]),
            $"1 errors like: entry for stream '{{}}' has timestamp too new: {Rfc3339(Now + (5 * Second))}"));
        Assert.Equal([2], _refused.Select(line => line.Line));
    }

    /// <summary>Which of several lines of one time was the last one that is too old, nobody can tell.</summary>
    [Fact]
    public void A_border_between_lines_of_the_same_time_is_none()
    {
        var words = $"entry for stream '{{}}' has timestamp too old: {Rfc3339(Now)}, oldest acceptable timestamp is: {Rfc3339(Now)}";

        Assert.Equal([0, 1, 2], Read(CreateBatch([Now + 5, Now + 5, Now + Second]), "1 errors like: " + words));
        Assert.Equal([0, 1, 2], Read(CreateBatch([Now, Now + Second, Now + Second]),
            $"1 errors like: entry for stream '{{}}' has timestamp too new: {Rfc3339(Now + Second)}"));
        Assert.Empty(_refused);
        Assert.Empty(Read(CreateBatch([Now + 5, Now + 6, Now + Second]), "1 errors like: " + words));
        Assert.Equal([0], _refused.Select(line => line.Line));
    }

    [Fact]
    public void More_errors_than_lines_mean_all_of_them_too()
    {
        Assert.Empty(Read(CreateBatch([Now, Now + 1]),
            $"2 errors like: entry for stream '{{}}' has timestamp too old: {Rfc3339(Now)}, oldest acceptable timestamp is: {Rfc3339(Now)}; "
                + $"1 errors like: entry for stream '{{}}' has timestamp too new: {Rfc3339(Now)}"));
        Assert.Equal([0, 1], _refused.Select(line => line.Line));
    }

    [Fact]
    public void As_many_errors_as_lines_mean_all_of_them()
    {
        Assert.Empty(Read(CreateBatch([Now, Now + 1]), "2 errors like: stream '{}' has label value too long: 'x'"));
        Assert.Equal([0, 1], _refused.Select(line => line.Line));
    }

    [Fact]
    public void Digits_of_other_scripts_are_no_digits_of_Loki_s() => Assert.Empty(LokiWords.IgnoredEntries(
        "entry with timestamp 2025-01-01 00:00:00.\u0663 +0000 UTC ignored, reason: 'entry too far behind',\n"
            + "user 'fake', total ignored: 1 out of 2 for stream: {a=\"b\"}"));

    [Fact]
    public void Words_that_were_not_read_to_their_end_are_no_proof()
    {
        var batch = CreateBatch([Now, Now - (10 * Second), Now + 1]);
        var answer = PushAnswerClassifier.Classify(
            400,
            $"1 errors like: entry for stream '{{}}' has timestamp too old: {Rfc3339(Now - (10 * Second))}, oldest acceptable timestamp is: {Rfc3339(Now - Second)}", null);

        Assert.Equal([0, 1, 2], RefusalReader.Read(batch, batch.Order.Span, isShared: false, answer with { IsCut = true }, _refused));
        Assert.Empty(RefusalReader.Read(batch, batch.Order.Span, isShared: false, answer, _refused));
        Assert.Equal([1], _refused.Select(line => line.Line));
    }

    /// <summary>Loki's words repeat labels, and labels come from whoever writes the lines.</summary>
    [Theory]
    [InlineData("1000 errors like: x")]
    [InlineData("; 1000 errors like: ")]
    [InlineData("has timestamp too old: 2001-01-01T00:00:00Z, oldest acceptable timestamp is: 2999-01-01T00:00:00Z")]
    [InlineData("max entry size '1' bytes exceeded for stream '' while adding an entry with length '3' bytes")]
    [InlineData("entry with timestamp 2025-09-14 13:45:00 +0000 UTC ignored, reason: 'entry too far behind")]
    [InlineData("total ignored: 2 out of 2")]
    public void What_a_label_says_proves_nothing(string service)
    {
        var batch = CreateBatch([Now, Now + 1], service: service);
        var stream = Encoding.UTF8.GetString(batch.Streams[0].Stream.Labels);

        Assert.Equal([0, 1],
            Read(batch,
                $"2 errors like: entry for stream '{stream}' has timestamp too old: {Rfc3339(Now)}, oldest acceptable timestamp is: {Rfc3339(Now + (9 * Second))}"));
        Assert.Equal([0, 1], Read(batch, $"stream '{stream}' has label value too long: '{service}'"));
        Assert.Empty(_refused);
    }

    private static string RateLimit =>
        "Per stream rate limit exceeded (limit: 100KB/sec) while attempting to ingest for stream '{service=\"shop\"}' totaling 1KB, "
            + "consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased";

    private int[] Read(Batch batch, string text, bool isShared = false) =>
        RefusalReader.Read(batch, batch.Order.Span, isShared,
            new PushAnswer(PushVerdict.Invalid, PushAnswerClassifier.RejectionReason(text), text), _refused);

    private static Batch CreateBatch(long[] times, string[]? texts = null, string service = "shop")
    {
        var batch = new Batch(1024);
        var stream = TestStreams.Create("service").Get(service);
        var partition = TestPartition.Create();
        for (var i = 0; i < times.Length; i++)
        {
            var record = new TestRecord(partition, i, Encoding.UTF8.GetBytes(texts?[i] ?? i.ToString(CultureInfo.InvariantCulture)));
            batch.Add(record.Record, 0, stream, times[i], record.Value, default);
        }

        batch.OrderByStream();
        return batch;
    }

    // What an ingester says of one entry, and at the end.
    private static string Ignored(long time, string words) => $"entry with timestamp {GoTime(time)} ignored, reason: '{words}',\n";

    private static string Total(int ignored, int total) => $"user 'fake', total ignored: {ignored} out of {total} for stream: {{}}";

    private static string Behind(long time, long cutoff) =>
        $"entry too far behind, entry timestamp is: {Rfc3339(time)}, oldest acceptable timestamp is: {Rfc3339(cutoff)}";

    private static string Rfc3339(long time) =>
        DateTimeOffset.FromUnixTimeSeconds(time / Second).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string GoTime(long time)
    {
        var fraction = (time % Second).ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
        return DateTimeOffset.FromUnixTimeSeconds(time / Second).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
            + (fraction.Length > 0 ? "." + fraction : "") + " +0000 UTC";
    }
}
