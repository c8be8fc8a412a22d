using System.Diagnostics;

namespace Observability.Benchmarks.Limits;

/// <summary>A program of this solution as a process of its own, with what the system says of its memory and time.</summary>
internal sealed class BuiltProgram : IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly ProcessFigures _figures;
    private long _base;
    private double _cpu;

    private BuiltProgram(Process process, Uri address) => (_process, _figures, Address) = (process, new(process.Id), address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>The most resident memory since <see cref="SettleAsync"/>, beyond what it had then, in bytes.</summary>
    public long PeakBytes => Math.Max(0, _figures.PeakBytes - _base);

    /// <summary>The time of a processor that it took since then, in seconds.</summary>
    public double CpuSeconds => _figures.CpuSeconds - _cpu;

    /// <summary>Starts a program that was built beside this one, and waits until it answers.</summary>
    /// <param name="name">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="stop">Gives it up.</param>
    public static async Task<BuiltProgram> StartAsync(string name, IEnumerable<string> arguments, CancellationToken stop)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, name + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ASPNETCORE_URLS"] = address.ToString(), ["Logging__LogLevel__Default"] = "Error" },
        };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = address };
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("alive", UriKind.Relative), stop);
                if (answer.IsSuccessStatusCode)
                    return new BuiltProgram(process, address);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not yet.
            }

            await Task.Delay(100, stop);
        }
    }

    /// <summary>Waits a moment, and counts memory and time from here on.</summary>
    public async Task SettleAsync(CancellationToken stop)
    {
        await Task.Delay(Settling, stop);
        // Sets the peak to what is resident now (proc(5)).
        await File.WriteAllTextAsync($"/proc/{_process.Id}/clear_refs", "5", stop);
        (_base, _cpu) = (_figures.ResidentBytes, _figures.CpuSeconds);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
