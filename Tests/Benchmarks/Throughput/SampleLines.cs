using System.Globalization;
using System.Text;

namespace Observability.Benchmarks.Throughput;

/// <summary>JSON lines of 200 bytes such as services write.</summary>
internal static class SampleLines
{
    /// <summary>Bytes a line.</summary>
    public const int Size = 200;

    private static readonly string[] Services = ["checkout", "payments", "gateway", "test-app", "catalogue"];
    private static readonly string[] Levels = ["INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR"];

    private static readonly string[] Words = ["order", "accepted", "for", "customer", "after", "inventory", "check", "in", "region",
        "north", "with", "cache", "hit", "and", "retry"];

    public static byte[] Create(int number, DateTime time)
    {
        var random = new Random(number);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"timestamp":"{{time:yyyy-MM-ddTHH:mm:ss.fff}}Z","level":"{{Levels[number % Levels.Length]}}","service":"{{Services[number % Services.Length]}}","message":"Request processed in {{random.Next(1000)}} ms","request_id":"req-{{random.Next():x8}}","detail":""");
        // As compressible as prose, which log lines are.
        line += '"' + string.Join(' ',
            Enumerable.Range(0, Size / 4).Select(_ => Words[random.Next(Words.Length)]))[..(Size - line.Length - 3)] + "\"}";
        return Encoding.UTF8.GetBytes(line);
    }
}
