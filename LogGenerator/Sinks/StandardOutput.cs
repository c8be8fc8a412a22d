using Microsoft.Win32.SafeHandles;

namespace Observability.LogGenerator.Sinks;

/// <summary>The stream that stands for standard output, so that tests can read it.</summary>
/// <param name="Stream">The stream.</param>
internal sealed record StandardOutput(Stream Stream)
{
    private const int Descriptor = 1;

    /// <summary>
    /// Opens the process's standard output. Unlike the console's own stream, it says when its reader has gone (<c>| head</c>).
    /// </summary>
    public static Stream Open() => OperatingSystem.IsWindows()
        ? Console.OpenStandardOutput()
        : new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 1);
}
