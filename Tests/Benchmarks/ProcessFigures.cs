using System.Globalization;

namespace Observability.Benchmarks;

/// <summary>What Linux says of a process (<c>/proc</c>, proc(5)).</summary>
/// <param name="id">The process.</param>
internal sealed class ProcessFigures(int id)
{
    // Linux counts CPU time for programs in hundredths of a second (USER_HZ), whatever its own clock.
    private const double TicksPerSecond = 100;

    /// <summary>CPU time so far, of all threads, in seconds.</summary>
    public double CpuSeconds
    {
        get
        {
            // The name before it may hold spaces, but ends with the last parenthesis.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
        }
    }

    /// <summary>The largest resident memory so far, in bytes.</summary>
    public long PeakBytes => Status("VmHWM:");

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes => Status("VmRSS:");

    private long Status(string name)
    {
        var line = File.ReadLines($"/proc/{id}/status").First(text => text.StartsWith(name, StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
