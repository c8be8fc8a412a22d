using System.Globalization;
using System.Runtime.InteropServices;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>
/// Keeps the sockets of this process from those that it starts. The embedded broker's connections would pass on to them otherwise
/// (<c>accept</c> in <c>rdkafka_mock.c</c> does not ask for <c>SOCK_CLOEXEC</c>), and a broker that goes down would leave them open there:
/// its clients would wait for answers until their time-out of a minute.
/// </summary>
internal static partial class InheritableSockets
{
    // Linux' numbers (fcntl.h); elsewhere there is no /proc/self/fd.
    private const int SetFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>Sees to it that no socket that is open now is inherited.</summary>
    public static void Close()
    {
        if (!OperatingSystem.IsLinux())
            return;

        foreach (var file in Directory.EnumerateFiles("/proc/self/fd"))
        {
            if (Target(file)?.StartsWith("socket:", StringComparison.Ordinal) == true)
                _ = SetFlag(int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture), SetFlags, CloseOnExec);
        }
    }

    // Another thread may have closed it meanwhile.
    private static string? Target(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name;
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int SetFlag(int descriptor, int command, int flags);
}
