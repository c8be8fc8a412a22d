using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Confluent.Kafka;
using Observability.Benchmarks.Throughput;

namespace Observability.Benchmarks.Service;

/// <summary>
/// What a user has: the published Forwarder on one core, from its start, with a backlog there; beside a bare loop that only reads, on
/// the same core. The broker and a store that only counts have another core. And what it takes while idle, and at a steady rate.
/// </summary>
internal static class ServiceCommand
{
    private const int SteadyRate = 2_000;

    // The last batch waits until it is old (Batch:MaxAge). So the window ends before it; it has at most 2 MiB.
    private const int LastBatch = 10_000;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    private static readonly Option<int> Lines = new("--lines")
    {
        Description = "Lines of the backlog",
        DefaultValueFactory = _ => 2_000_000,
    };

    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often each is measured, in turn; the medians count",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<int> Partitions = new("--partitions") { Description = "Of the topic", DefaultValueFactory = _ => 24 };

    private static readonly Option<int[]> Streams = new("--streams")
    {
        Description = "Numbers of streams",
        DefaultValueFactory = _ => [34, 500],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string[]> Formats = new("--formats")
    {
        Description = "json: a line a record, as in test-logs; otlp: as Alloy's, as in alloy-logs",
        DefaultValueFactory = _ => ["json", "otlp"],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Seconds = new("--seconds")
    {
        Description = "How long it is watched idle, and at the steady rate, after 10 s each; 0 leaves both out",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<int> Cores = new("--cores")
    {
        Description = "Of the program: 1, or 2 of which the broker and the store share one",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> Program = new("--program")
    {
        Description = "A published Forwarder; by default it is published first",
    };

    private static readonly Option<bool> Aot = new("--aot")
    {
        Description = "Publish it compiled ahead of time (PublishAot); it takes clang or gcc",
    };

    private static readonly Option<bool> NoBare = new("--no-bare") { Description = "Leave the bare loop out" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Formats.AcceptOnlyFromAmong("json", "otlp");
        Cores.Validators.Add(result =>
        {
            if (result.GetValue(Cores) is not (1 or 2))
                result.AddError("--cores is 1 or 2.");
        });
        Lines.Validators.Add(result =>
        {
            if (result.GetValue(Lines) <= LastBatch)
                result.AddError($"--lines is more than {LastBatch}: the last ones wait for their batch to grow old and are not measured.");
        });
        var command = new Command("service", "The published program on one core, cold, with a backlog there, as in docs/performance.md")
        {
            Lines, Rounds, Partitions, Streams, Formats, Seconds, Cores, Program, Aot, NoBare,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        MeasuredProcess.StepAside(parsed.GetValue(Cores));
        var folder = Directory.CreateTempSubdirectory("forwarder-");
        try
        {
            var program = parsed.GetValue(Program) is { } file
                ? new PublishedForwarder(file)
                : await PublishedForwarder.PublishAsync(folder.FullName, parsed.GetValue(Aot), stop);
            await using var store = await CountingStore.StartAsync(countsLines: true);
            WriteHead(parsed);
            foreach (var format in parsed.GetValue(Formats)!)
            {
                foreach (var streams in parsed.GetValue(Streams)!)
                    await MeasureBacklogAsync(program, store, format, streams, parsed, stop);
            }

            if (parsed.GetValue(Seconds) is > 0 and var seconds)
                await MeasureRatesAsync(program, store, seconds, stop);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void WriteHead(ParseResult parsed)
    {
        var processor = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1];
        var cores = File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal));
        Console.WriteLine(
            $"""
            {DateTime.UtcNow:yyyy-MM-dd}, {processor ?? "unknown processor"}, {cores} cores, {RuntimeInformation.OSDescription},
            {RuntimeInformation.FrameworkDescription}, librdkafka {Library.VersionString}. Cores of the program: {parsed.GetValue(Cores)};
            the embedded broker and a store that only counts have the second. {parsed.GetValue(Lines):N0} lines of some 250 bytes in zstd,
            {parsed.GetValue(Partitions)} partitions. Window: from the assignment of the partitions to the last batch but one. Medians of
            {parsed.GetValue(Rounds)} cold runs.

            | lines | streams | | lines/s | CPU µs a line | peak memory | first line |
            |---|---|---|---|---|---|---|
            """);
    }

    private static async Task MeasureBacklogAsync(
        PublishedForwarder program, CountingStore store, string format, int streams, ParseResult parsed, CancellationToken stop)
    {
        var (lines, rounds) = (parsed.GetValue(Lines), parsed.GetValue(Rounds));
        using var backlog = new Backlog(format == "otlp", streams, parsed.GetValue(Partitions));
        backlog.Add(lines);
        await backlog.CheckAsync(stop);

        List<ServiceFigures> forwarder = [], bare = [];
        for (var round = 0; round < rounds; round++)
        {
            forwarder.Add(await RunForwarderAsync(program, backlog, store, lines, stop));
            if (!parsed.GetValue(NoBare))
                bare.Add(await RunBareAsync(backlog, lines, stop));
        }

        WriteRow(format, streams, "Forwarder", ServiceFigures.Median(forwarder), forwarder);
        if (bare.Count == 0)
            return;
        WriteRow(format, streams, "bare loop", ServiceFigures.Median(bare), bare);
        var wall = Median(forwarder.Zip(bare, (whole, reading) => whole.LinesPerSecond / reading.LinesPerSecond));
        var cpu = Median(forwarder.Zip(bare, (whole, reading) => reading.MicrosecondsOfCpu / whole.MicrosecondsOfCpu));
        Console.WriteLine($"| {format} | {streams} | ratio | {wall:0.00} | {cpu:0.00} | | |");
    }

    private static async Task<ServiceFigures> RunForwarderAsync(
        PublishedForwarder program, Backlog backlog, CountingStore store, int lines, CancellationToken stop)
    {
        var (measured, end) = (lines - LastBatch, store.Lines + lines);
        var stored = store.WhenStored(measured);
        using var process = program.Start(backlog, store);
        await process.WaitAsync(stop);
        var (start, cpu) = (Stopwatch.GetTimestamp(), process.Figures.CpuSeconds);
        await stored.WaitAsync(TimeSpan.FromMinutes(2), stop);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var taken = process.Figures.CpuSeconds - cpu;
        while (store.Lines < end)
            await Task.Delay(10, stop);
        return new(
            measured / seconds,
            taken / measured * 1e6,
            process.Figures.PeakBytes,
            Stopwatch.GetElapsedTime(process.StartedAt, store.FirstLineAt).TotalSeconds);
    }

    private static async Task<ServiceFigures> RunBareAsync(Backlog backlog, int lines, CancellationToken stop)
    {
        using var process = MeasuredProcess.Start(
            Environment.ProcessPath!,
            ["bare", "--kafka", backlog.BootstrapServers, "--topic", backlog.Topic, "--records", $"{backlog.Records}"],
            new Dictionary<string, string>(),
            "{");
        var result = JsonSerializer.Deserialize<RunResult>(await process.WaitAsync(stop))!;
        return new(lines / result.Seconds, result.CpuSeconds / lines * 1e6, result.PeakResidentBytes, double.NaN);
    }

    private static async Task MeasureRatesAsync(PublishedForwarder program, CountingStore store, int seconds, CancellationToken stop)
    {
        Console.WriteLine();
        Console.WriteLine($"| | CPU, % of a core within {seconds} s | memory then | peak |");
        Console.WriteLine("|---|---|---|---|");
        using (var empty = new Backlog(isOtlp: true, streams: 34, partitions: 24))
        {
            using var idle = program.Start(empty, store);
            await idle.WaitAsync(stop);
            await Task.Delay(Settle, stop);
            await WatchAsync("idle", idle, seconds, stop);
        }

        using var backlog = new Backlog(isOtlp: true, streams: 34, partitions: 24);
        using var process = program.Start(backlog, store);
        await process.WaitAsync(stop);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var producing = ProduceAsync(backlog, enough.Token);
        await Task.Delay(Settle, stop);
        var before = store.Lines;
        var taken = await WatchAsync($"{SteadyRate:N0} lines/s in 34 streams, OTLP", process, seconds, stop);
        var rate = (store.Lines - before) / taken;
        await enough.CancelAsync();
        await producing;
        if (Math.Abs(rate - SteadyRate) > SteadyRate / 5)
            throw new InvalidOperationException($"At {SteadyRate} lines/s the store got {rate:N0}.");
    }

    private static async Task<double> WatchAsync(string name, MeasuredProcess process, int seconds, CancellationToken stop)
    {
        var (start, cpu) = (Stopwatch.GetTimestamp(), process.Figures.CpuSeconds);
        await Task.Delay(TimeSpan.FromSeconds(seconds), stop);
        var taken = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var percent = (process.Figures.CpuSeconds - cpu) / taken * 100;
        Console.WriteLine($"| {name} | {percent:0.0} | {Megabytes(process.Figures.ResidentBytes)} | {Megabytes(process.Figures.PeakBytes)} |");
        return taken;
    }

    private static async Task ProduceAsync(Backlog backlog, CancellationToken stop)
    {
        const int PerSecond = 10;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                backlog.Add(SteadyRate / PerSecond);
        }
        catch (OperationCanceledException)
        {
            // That was it.
        }
    }

    private static void WriteRow(string format, int streams, string name, ServiceFigures figures, List<ServiceFigures> runs)
    {
        var (least, most) = (runs.Min(run => run.MicrosecondsOfCpu), runs.Max(run => run.MicrosecondsOfCpu));
        var firstLine = double.IsNaN(figures.FirstLineSeconds) ? "" : $"{figures.FirstLineSeconds:0.00} s";
        var cpu = $"{figures.MicrosecondsOfCpu:0.00} ({least:0.00} – {most:0.00})";
        Console.WriteLine(
            $"| {format} | {streams} | {name} | {figures.LinesPerSecond:N0} | {cpu} | {Megabytes(figures.PeakBytes)} | {firstLine} |");
    }

    private static string Megabytes(double bytes) => $"{bytes / 1e6:0} MB";

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;
}
