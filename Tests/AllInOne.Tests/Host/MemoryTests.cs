using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Observability.AllInOne.Cli;

namespace Observability.AllInOne.Tests.Host;

public sealed partial class MemoryTests
{
    private const int StoreMiB = 64;

    // What README says that the parts around the store take of the heap, and what is outside of it: the broker's 25 partitions of 5 MiB,
    // the producers' queues, the runtime and its code.
    private const int HeapMiB = StoreMiB + 320;
    private const int OutsideMiB = 450;

    // Three times what the store holds: 50 KB is a large line's usual size.
    private const int EnoughLines = 4000;

    [Fact(Timeout = 120_000)]
    public async Task Large_lines_as_fast_as_they_can_be_made_stay_within_what_the_readme_says()
    {
        var ct = TestContext.Current.CancellationToken;
        string[] args =
        [
            typeof(AllInOneCommand).Assembly.Location, "--port", "0", "--kafka-port", "0", "--otlp-port", "0", "--otlp-grpc-port", "0",
            "--rate", "20000", "--pattern", "large-lines", "--store-bytes", $"{StoreMiB}MiB",
        ];
        using var process = new Process
        {
            StartInfo = new("dotnet", args)
            {
                RedirectStandardOutput = true,
                Environment = { ["DOTNET_GCHeapHardLimit"] = $"0x{HeapMiB * 1024 * 1024:x}" },
            },
        };
        process.Start();
        try
        {
            var (peak, stored) = (0L, 0L);
            while (stored < EnoughLines)
            {
                // A row of the flow a second; none comes from a process that has ended for want of memory.
                var row = await process.StandardOutput.ReadLineAsync(ct);
                Assert.NotNull(row);
                if (Row.Match(row) is { Success: true } match)
                    stored = long.Parse(match.Groups["stored"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }

            Assert.InRange(peak / 1024 / 1024, StoreMiB, HeapMiB + OutsideMiB);
        }
        finally
        {
            process.Kill();
        }
    }

    [GeneratedRegex(@"^\s*\d+:\d\d:\d\d(\s+\S+){3}\s+(?<stored>[\d,]+)\s")]
    private static partial Regex Row { get; }
}
