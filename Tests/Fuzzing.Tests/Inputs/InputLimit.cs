using System.Runtime.InteropServices;

namespace Observability.Fuzzing.Tests.Inputs;

/// <summary>
/// Runs a piece of work on a thread of its own and measures it there: what it allocates and the time of a processor that it takes, which a
/// busy machine does not lengthen as it does a clock's.
/// </summary>
internal sealed partial class InputLimit : IDisposable
{
    /// <summary>Bytes that one input may allocate, all in all: of them a part is alive at once.</summary>
    public const long MostBytes = 384L * 1024 * 1024;

    /// <summary>Time of a processor that one input may take: what was quadratic took more than twice as much.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(3);

    // An input that never ends is told from one on a machine that is very busy.
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(3);

    private const int ThreadCpuTime = 3;

    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private Action? _action;
    private string? _fault;

    public InputLimit() => new Thread(Run) { IsBackground = true, Name = "fuzz" }.Start();

    /// <summary>The most that an input has taken so far.</summary>
    public (long Bytes, TimeSpan Time) Most { get; private set; }

    /// <summary>Runs a piece of work.</summary>
    /// <returns>What it did that it must not; null when it kept within its limits.</returns>
    public string? Check(Action action)
    {
        _action = action;
        _work.Release();
        return _done.Wait(MostPatience) ? _fault : $"it has not ended after {MostPatience}";
    }

    public void Dispose()
    {
        _action = null;
        _work.Release();
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            if (_action is not { } action)
                return;
            _fault = Measure(action);
            _done.Release();
        }
    }

    private string? Measure(Action action)
    {
        var (bytes, time) = (GC.GetAllocatedBytesForCurrentThread(), ThreadTime());
        try
        {
            action();
        }
#pragma warning disable CA1031 // Whatever it is, it is what the fuzzing looks for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception.ToString();
        }

        (bytes, time) = (GC.GetAllocatedBytesForCurrentThread() - bytes, ThreadTime() - time);
        Most = (Math.Max(Most.Bytes, bytes), Most.Time > time ? Most.Time : time);
        return bytes > MostBytes ? $"it allocated {bytes / 1_000_000} MB, in {time.TotalSeconds:0.00} s"
            : time > MostTime ? $"it took {time.TotalSeconds:0.00} s of a processor, and allocated {bytes / 1_000_000} MB"
            : null;
    }

    private static unsafe TimeSpan ThreadTime()
    {
        if (!OperatingSystem.IsLinux())
            return TimeSpan.FromMilliseconds(Environment.TickCount64);
        // Seconds and nanoseconds.
        var time = stackalloc long[2];
        return GetTime(ThreadCpuTime, time) == 0 ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1] / 1000) : default;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static unsafe partial int GetTime(int clock, long* time);
}
