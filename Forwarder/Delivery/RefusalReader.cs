using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Finds out from the words of a refusal what became of each line of a push, so that as little as possible is sent
/// again. Where the words do not fit the lines that were sent, it says of none of them that it is refused or stored.
/// </summary>
internal static class RefusalReader
{
    private const long Second = 1_000_000_000;

    /// <summary>Reads a refusal.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lines">The lines of the push, in its order.</param>
    /// <param name="isShared">Whether the push had several streams.</param>
    /// <param name="answer">The refusal.</param>
    /// <param name="refused">Takes the lines that were refused for good.</param>
    /// <returns>The lines whose fate is open: those that are to be sent again. All others but the refused ones are stored.</returns>
    public static int[] Read(Batch batch, ReadOnlySpan<int> lines, bool isShared, in PushAnswer answer, List<RefusedLine> refused)
    {
        if (AreForged(batch, lines))
            return lines.ToArray();
        if (LokiWords.IsOfIngester(answer.Text))
            return !isShared ? ReadIngester(batch, lines, answer.Text, refused) : lines.ToArray();
        return ReadDistributor(batch, lines, answer, refused);
    }

    // pkg/ingester/stream.go, errorForFailedEntries: the first refused entries in their order, then how many there were in all.
    private static int[] ReadIngester(Batch batch, ReadOnlySpan<int> lines, string text, List<RefusedLine> refused)
    {
        var listed = LokiWords.IgnoredEntries(text);
        if (!LokiWords.TryReadTotal(text, out var ignored, out var total) || listed.Count == 0 || listed.Count > ignored)
            return lines.ToArray();

        // A time that more lines have than are listed does not say which of them is meant.
        var times = Count(batch, lines);
        if (listed.Exists(entry => !times.ContainsKey(entry.Timestamp)))
            return lines.ToArray();
        var ambiguous = listed.GroupBy(entry => entry.Timestamp).Where(group => times.GetValueOrDefault(group.Key) != group.Count())
            .Select(group => group.Key).ToHashSet();
        List<int> again = [];
        List<RefusedLine> found = [];
        // Fewer than were sent: the distributor, whose words this answer hides, has taken some out, and nobody knows which.
        var isWhole = total == lines.Length;
        var oldest = long.MinValue;
        var (next, isBehindAlone) = (0, true);
        var position = 0;
        for (; position < lines.Length; position++)
        {
            while (next < listed.Count && ambiguous.Contains(listed[next].Timestamp))
                next++;
            if (next == listed.Count)
                break;

            var line = lines[position];
            var time = batch.Entries[line].Timestamp;
            if (time != listed[next].Timestamp || ambiguous.Contains(time))
            {
                if (!isWhole || ambiguous.Contains(time))
                    again.Add(line);
                continue;
            }

            var words = listed[next++].Words;
            if (words.StartsWith(LokiWords.StreamRateLimit, StringComparison.Ordinal))
            {
                again.Add(line);
                isBehindAlone = false;
            }
            else
            {
                found.Add(new(line, PushAnswerClassifier.RejectionReason(words), words));
                oldest = Math.Max(oldest, LokiWords.OldestAcceptable(words));
            }
        }

        // Words about lines in another order.
        if (next < listed.Count)
            return lines.ToArray();

        if (isWhole && ignored == listed.Count)
            again.AddRange(lines[position..].ToArray().Where(line => ambiguous.Contains(batch.Entries[line].Timestamp)));
        else
            ReadUnlisted(batch, lines[position..], isWhole && isBehindAlone && ambiguous.Count == 0, ignored - listed.Count, oldest,
                found, again);
        refused.AddRange(found);
        return [.. again];
    }

    // The oldest time that a stream accepts only grows within a push: what is older than the last one named is refused as well.
    private static void ReadUnlisted(
        Batch batch, ReadOnlySpan<int> rest, bool isBehindAlone, int unlisted, long oldest, List<RefusedLine> found, List<int> again)
    {
        List<int> older = [];
        foreach (var line in rest)
        {
            if (batch.Entries[line].Timestamp < oldest)
                older.Add(line);
        }

        if (!isBehindAlone || older.Count > unlisted || oldest == long.MinValue)
        {
            again.AddRange(rest);
            return;
        }

        foreach (var line in older)
            found.Add(new(line, "out_of_order",
                $"{LokiWords.TooFarBehind}, entry timestamp is: {Format(batch.Entries[line].Timestamp)}, oldest acceptable timestamp is: {Format(oldest)}"));
        if (older.Count == unlisted)
            return;
        foreach (var line in rest)
        {
            if (batch.Entries[line].Timestamp >= oldest)
                again.Add(line);
        }
    }

    // pkg/distributor/validator.go, ValidateEntry: one error a line, the first check that fails. All valid lines went on to the ingesters,
    // whose errors would have come back instead.
    private static int[] ReadDistributor(Batch batch, ReadOnlySpan<int> lines, in PushAnswer answer, List<RefusedLine> refused)
    {
        var errors = 0L;
        foreach (Match match in LokiWords.GroupPattern().Matches(answer.Text))
            errors += int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count) ? count : 0;
        errors = Math.Max(errors, 1);

        var (old, fresh, large, known) = (0, 0, 0, 0);
        var (oldest, newest, limit) = (long.MinValue, long.MaxValue, int.MaxValue);
        foreach (Match match in LokiWords.DistributorPattern().Matches(answer.Text))
        {
            var count = int.TryParse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture, out var number) ? number : 1;
            if (match.Groups["size"].Success && int.TryParse(match.Groups["size"].ValueSpan, CultureInfo.InvariantCulture, out limit))
                large += count;
            else if (match.Groups["oldest"].Success && LokiWords.TryReadTime(match.Groups["oldest"].Value, out oldest))
                old += count;
            else if (match.Groups["new"].Success && LokiWords.TryReadTime(match.Groups["new"].Value, out var time))
                (fresh, newest) = (fresh + count, Math.Min(newest, time));
            else
                continue;
            known += count;
        }

        if (known == errors && !answer.IsCut && TryFind(batch, lines, (old, fresh, large), (oldest, newest, limit), refused))
            return [];
        if (errors < lines.Length)
            return lines.ToArray();

        // As many errors as lines, and at most one a line.
        foreach (var line in lines)
            refused.Add(new(line, answer.Reason, answer.Text));
        return [];
    }

    private static bool TryFind(
        Batch batch, ReadOnlySpan<int> lines, (int Old, int New, int Large) counts, (long Oldest, long Newest, int Size) limits,
        List<RefusedLine> refused)
    {
        // Loki writes times in whole seconds: how many there are says where within the second the border is.
        var byTime = lines.ToArray();
        Array.Sort(byTime, (a, b) => batch.Entries[a].Timestamp.CompareTo(batch.Entries[b].Timestamp));
        if (counts.Old + counts.New > byTime.Length)
            return false;

        List<RefusedLine> found = [];
        for (var i = 0; i < byTime.Length; i++)
        {
            var (line, time) = (byTime[i], batch.Entries[byTime[i]].Timestamp);
            var isOld = i < counts.Old;
            var isNew = i >= byTime.Length - counts.New;
            if (isOld ? time >= limits.Oldest + Second : counts.Old > 0 && time < limits.Oldest)
                return false;
            if (isNew ? time < limits.Newest : counts.New > 0 && time >= limits.Newest + Second)
                return false;
            // A border between two lines of the same time is none.
            if ((i == counts.Old || i == byTime.Length - counts.New) && i > 0 && time == batch.Entries[byTime[i - 1]].Timestamp)
                return false;

            var length = counts.Large == 0 || isOld || isNew ? 0 : EntryReader.Line(batch.Bytes(batch.Entries[line])).Length;
            if (isOld || isNew || length > limits.Size)
                found.Add(Refusal(batch, line, isOld, isNew, length, limits));
        }

        if (found.Count != counts.Old + counts.New + counts.Large)
            return false;
        refused.AddRange(found);
        return true;
    }

    private static RefusedLine Refusal(Batch batch, int line, bool isOld, bool isNew, int length,
        (long Oldest, long Newest, int Size) limits)
    {
        ref readonly var entry = ref batch.Entries[line];
        var stream = Encoding.UTF8.GetString(batch.Streams[entry.Stream].Stream.Labels);
        var words = isOld
            ? $"entry for stream '{stream}' has timestamp too old: {Format(entry.Timestamp)}, oldest acceptable timestamp is: {Format(limits.Oldest)}"
            : isNew
            ? $"entry for stream '{stream}' has timestamp too new: {Format(entry.Timestamp)}"
            : $"max entry size '{limits.Size}' bytes exceeded for stream '{stream}' while adding an entry with length '{length}' bytes";
        return new(line, PushAnswerClassifier.RejectionReason(words), words);
    }

    // Loki repeats labels in its words, and labels come from whoever writes the lines.
    private static bool AreForged(Batch batch, ReadOnlySpan<int> lines)
    {
        var last = -1;
        foreach (var line in lines)
        {
            if (batch.Entries[line].Stream is var stream && stream != last
                && LokiWords.AreForged(Encoding.UTF8.GetString(batch.Streams[last = stream].Stream.Labels)))
                return true;
        }

        return false;
    }

    private static Dictionary<long, int> Count(Batch batch, ReadOnlySpan<int> lines)
    {
        Dictionary<long, int> times = [];
        foreach (var line in lines)
            times[batch.Entries[line].Timestamp] = times.GetValueOrDefault(batch.Entries[line].Timestamp) + 1;
        return times;
    }

    private static string Format(long nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
