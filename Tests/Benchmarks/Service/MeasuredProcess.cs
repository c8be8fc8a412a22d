using System.Diagnostics;
using System.Globalization;

namespace Observability.Benchmarks.Service;

/// <summary>A program that runs on the cores it is given, and what the system says of it (<c>/proc</c>).</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private const int OwnCore = 1;

    private static string _cores = "0";

    private readonly Process _process;
    private readonly List<string> _said = [];
    private readonly TaskCompletionSource _saidIt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MeasuredProcess(Process process, string awaited)
    {
        (_process, Figures) = (process, new(process.Id));
        process.OutputDataReceived += (_, line) => Hear(line.Data, awaited);
        process.ErrorDataReceived += (_, line) => Hear(line.Data, awaited);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>When it was started, as a <see cref="Stopwatch"/>'s timestamp.</summary>
    public long StartedAt { get; private init; }

    /// <summary>What the system says of it.</summary>
    public ProcessFigures Figures { get; }

    /// <summary>Keeps this process to the second core, which the measured ones do not have unless they have both.</summary>
    /// <param name="cores">How many the measured ones have.</param>
    public static void StepAside(int cores)
    {
        _cores = cores == 1 ? "0" : "0,1";
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
            throw new PlatformNotSupportedException("This measures on Linux, with a core for the program and one for what it talks to.");
        string[] arguments = ["-acp", Text(OwnCore), Text(Environment.ProcessId)];
        using var taskset = Process.Start(new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true })!;
        taskset.WaitForExit();
    }

    /// <summary>Starts a program on its cores.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables of its environment.</param>
    /// <param name="awaited">What <see cref="WaitAsync"/> waits for in what it says.</param>
    public static MeasuredProcess Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string awaited)
    {
        var start = new ProcessStartInfo("taskset", ["-c", _cores, file, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var now = Stopwatch.GetTimestamp();
        return new(Process.Start(start)!, awaited) { StartedAt = now };
    }

    /// <summary>Waits until it has said what was awaited.</summary>
    /// <returns>The line.</returns>
    public async Task<string> WaitAsync(CancellationToken stop)
    {
        var ended = _process.WaitForExitAsync(stop);
        if (await Task.WhenAny(_saidIt.Task, ended).WaitAsync(TimeSpan.FromMinutes(1), stop) == ended && !_saidIt.Task.IsCompleted)
            throw new InvalidOperationException("It ended by itself. It said: " + string.Join('\n', _said));
        return _said[^1];
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Hear(string? line, string awaited)
    {
        if (line is null || _saidIt.Task.IsCompleted)
            return;
        lock (_said)
            _said.Add(line);
        if (line.Contains(awaited, StringComparison.Ordinal))
            _saidIt.TrySetResult();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
