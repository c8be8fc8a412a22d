using System.Buffers;
using System.Text;
using System.Text.Json;
using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Tests.Lines;

public class LineCatalogueTests
{
    private static readonly DateTime Time = new(2025, 9, 14, 13, 45, 0, 123, DateTimeKind.Utc);

    private static readonly LineMix[] Mixes = [LineCatalogue.Everyday, LineCatalogue.Errors, LineCatalogue.HighCardinality,
        LineCatalogue.Large, LineCatalogue.Broken];

    [Fact]
    public void A_processed_request_has_the_fields_of_the_sample_in_their_order() => Assert.Matches(
        """^\{"timestamp":"2025-09-14T13:45:00\.123Z","level":"INFO","service":"test-app","message":"Request processed successfully","request_id":"req-\d{5}"\}$""",
        Write(new RequestProcessedLine()));

    [Fact]
    public void A_failed_database_has_the_fields_of_the_sample_in_their_order() => Assert.Matches(
        """^\{"timestamp":"2025-09-14T13:45:00\.123Z","level":"ERROR","service":"test-app","message":"Database connection failed","error":"[a-z ]+"\}$""",
        Write(new DatabaseFailedLine()));

    [Fact]
    public void A_failed_database_is_most_often_a_timeout()
    {
        var random = new LineRandom(1);
        var lines = Enumerable.Range(0, 100).Select(_ => Write(new DatabaseFailedLine(), random)).ToList();

        Assert.InRange(lines.Count(line => line.EndsWith("\"error\":\"timeout\"}", StringComparison.Ordinal)), 60, 90);
    }

    [Fact]
    public void A_cache_hit_has_the_fields_of_the_sample_in_their_order() => Assert.Matches(
        """^\{"timestamp":"2025-09-14T13:45:00\.123Z","level":"DEBUG","service":"test-app","message":"Cache hit","key":"user-profile-\d{5}"\}$""",
        Write(new CacheHitLine()));

    [Fact]
    public void Every_line_said_to_be_JSON_is_JSON_with_the_time_level_and_service_it_says()
    {
        var random = new LineRandom(7);
        foreach (var kind in Mixes.SelectMany(mix => mix.Kinds).Distinct())
        {
            for (var i = 0; i < 200; i++)
            {
                var (bytes, info) = WriteBytes(kind, random);
                if (info.Format != LineFormat.Json)
                    continue;

                using var json = JsonDocument.Parse(bytes);
                Assert.Equal(Time, json.RootElement.GetProperty("timestamp").GetDateTime().ToUniversalTime());
                Assert.Equal(info.Severity.ToString().ToUpperInvariant(), json.RootElement.GetProperty("level").GetString());
                Assert.Equal(info.Service.Text, json.RootElement.GetProperty("service").GetString());
            }
        }
    }

    [Fact]
    public void No_malformed_line_parses()
    {
        var random = new LineRandom(11);
        for (var i = 0; i < 500; i++)
        {
            var (bytes, info) = WriteBytes(new MalformedLine(), random);
            Assert.Equal(LineFormat.Text, info.Format);
            Assert.ThrowsAny<Exception>(() =>
            {
                using var json = JsonDocument.Parse(bytes);
                return json.RootElement.GetProperty("message").GetString();
            });
        }
    }

    [Fact]
    public void The_catalogue_has_every_shape_that_a_pipeline_meets()
    {
        var random = new LineRandom(3);
        var lines = new List<string>();
        for (var i = 0; i < 20_000; i++)
            lines.Add(Write(LineCatalogue.Everyday.Pick(random), random));

        Assert.Contains(lines, line => line.Contains("""\n   at """, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("\n\tat ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("ts=2025-09-14T13:45:00.123Z level=", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("2025-09-14T13:45:00.123Z INFO [reports]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("佐藤 健", StringComparison.Ordinal));
        Assert.Contains(lines, line =>
            line.Contains("\"status\":200", StringComparison.Ordinal) && line.Contains("\"trace_id\":\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("\"namespace\":\"batch\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Length > 4_096);
        Assert.True(lines.Select(line => JsonService(line)).OfType<string>().Distinct().Count() >= 6);
    }

    [Fact]
    public void Large_lines_stay_under_Lokis_limit()
    {
        var random = new LineRandom(5);
        for (var i = 0; i < 300; i++)
        {
            var (bytes, _) = WriteBytes(LineCatalogue.Large.Pick(random), random);
            Assert.InRange(bytes.Length, 8_192, 256_000);
        }
    }

    [Fact]
    public void High_cardinality_lines_hardly_repeat_a_service()
    {
        var random = new LineRandom(5);
        var services = Enumerable.Range(0,
            5_000).Select(_ => WriteBytes(LineCatalogue.HighCardinality.Pick(random), random).Info.Service).Distinct().Count();

        Assert.InRange(services, 4_000, 5_000);
    }

    [Fact]
    public void Writing_a_line_allocates_nothing()
    {
        var random = new LineRandom(9);
        var output = new ArrayBufferWriter<byte>(1024 * 1024);
        WriteMany();
        var before = GC.GetAllocatedBytesForCurrentThread();

        WriteMany();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void WriteMany()
        {
            for (var i = 0; i < 5_000; i++)
            {
                output.ResetWrittenCount();
                LineCatalogue.Everyday.Pick(random).Write(output, new LineContext(Time, random, i));
            }
        }
    }

    private static string? JsonService(string line)
    {
        const string Field = "\"service\":\"";
        var at = line.IndexOf(Field, StringComparison.Ordinal);
        return at < 0 ? null : line[(at + Field.Length)..line.IndexOf('"', at + Field.Length)];
    }

    private static string Write(LineKind kind,
        LineRandom? random = null) => Encoding.UTF8.GetString(WriteBytes(kind, random ?? new LineRandom(1)).Bytes);

    private static (byte[] Bytes, LineInfo Info) WriteBytes(LineKind kind, LineRandom random)
    {
        var output = new ArrayBufferWriter<byte>();
        var info = kind.Write(output, new LineContext(Time, random, 1));
        return (output.WrittenSpan.ToArray(), info);
    }
}
