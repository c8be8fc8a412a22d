using System.Buffers;
using System.Text;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Tests.Support;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Tests.Verification;

public class ReaderTests
{
    private const string RunId = "r-1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(0, 1_000)]
    [InlineData(999, 1_000)]
    [InlineData(1_000, 1_000)]
    [InlineData(2_000, 1_000)]
    [InlineData(4_321, 1_000)]
    [InlineData(12_345, 5_000)]
    public async Task A_thorough_read_tells_every_line_once_however_few_an_answer_has(int lines, int cap)
    {
        await using var store = await ScriptedStore.StartAsync();
        store.Cap = cap;
        for (var sequence = 1; sequence <= lines; sequence++)
            store.Add(1_000 + (sequence / 3), Line(sequence));

        var told = await ReadAsync(store, 0, long.MaxValue, isThorough: true);

        Assert.Equal(Enumerable.Range(1, lines).Select(sequence => (long)sequence), told.Select(line => line.Sequence).Order());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(0, 1)]
    [InlineData(4_999, 1)]
    [InlineData(5_000, 1)]
    [InlineData(5_001, 1)]
    [InlineData(23_456, 1)]
    [InlineData(23_456, 7)]
    [InlineData(12_000, 4_999)]
    [InlineData(12_000, 5_000)]
    [InlineData(17_000, 5_001)]
    public async Task Every_line_is_told_once_however_many_share_a_timestamp(int lines, int linesPerTimestamp)
    {
        await using var store = await ScriptedStore.StartAsync();
        for (var sequence = 1; sequence <= lines; sequence++)
            store.Add(1_000 + (sequence / linesPerTimestamp), Line(sequence));

        var told = await ReadAsync(store, 0, long.MaxValue);

        Assert.Equal(Enumerable.Range(1, lines).Select(sequence => (long)sequence), told.Select(line => line.Sequence).Order());
        Assert.Equal(told.Select(line => line.Timestamp).Order(), told.Select(line => line.Timestamp));
    }

    [Fact(Timeout = 60_000)]
    public async Task Sixty_thousand_lines_of_one_timestamp_are_told_once_each_and_copies_as_often_as_they_are_shown()
    {
        await using var store = await ScriptedStore.StartAsync();
        for (var sequence = 1; sequence <= 60_000; sequence++)
            store.Add(77, Line(sequence));
        store.Add(77, Line(5));
        store.Add(77, Line(41_115));
        store.Add(78, Line(5));

        var told = await ReadAsync(store, 0, 100);

        Assert.Equal(60_003, told.Count);
        Assert.Equal([5L, 5L, 5L, 41_115L, 41_115L], told.GroupBy(line => line.Sequence).Where(group => group.Count() > 1)
            .SelectMany(group => group).Select(line => line.Sequence).Order());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_range_ends_before_its_end()
    {
        await using var store = await ScriptedStore.StartAsync();
        foreach (var sequence in Enumerable.Range(1, 9))
            store.Add(sequence, Line(sequence));

        Assert.Equal([3L, 4L, 5L], (await ReadAsync(store, 3, 6)).Select(line => line.Sequence));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(400, true)]
    [InlineData(401, true)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task An_error_says_whether_asking_again_is_of_use(int status, bool isFinal)
    {
        await using var store = await ScriptedStore.StartAsync();
        store.Status = status;

        var exception = await Assert.ThrowsAsync<StoreException>(() => ReadAsync(store, 0, 10));

        Assert.Equal(isFinal, exception.IsFinal);
        Assert.Equal($"The store at {store.Address} answered {status} to query_range: scripted", exception.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_selector_names_namespace_service_and_run()
    {
        await using var store = await ScriptedStore.StartAsync();

        await ReadAsync(store, 0, 10);

        Assert.Equal("""{namespace="sh\u0022op", service="loggenerator-verify"} |= "r-1" |~ `run_id(":"|=)r-1[" ]`""",
            Assert.Single(store.Queries));
    }

    private static string Line(int sequence)
    {
        var output = new ArrayBufferWriter<byte>();
        LineSeal.Write(output, """{"service":"loggenerator-verify","namespace":"sh\"op","n":7"""u8, isJson: true,
            Encoding.UTF8.GetBytes(RunId), sequence);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static async Task<List<StoredLine>> ReadAsync(ScriptedStore store, long start, long end, bool isThorough = false)
    {
        using var reader = new Reader(store.Address, new VerifySettings(), "sh\"op", new VerificationRequest { RunId = RunId });
        var told = new List<StoredLine>();
        await reader.ReadAsync(start, end, isThorough, lines => told.AddRange(lines.ToArray()), Token);
        return told;
    }
}
