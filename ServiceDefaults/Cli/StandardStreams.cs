using Microsoft.Win32.SafeHandles;

namespace Observability.ServiceDefaults.Cli;

/// <summary>Standard output that says when its reader has gone (<c>| head</c>): the console's own stream keeps that to itself.</summary>
public static class StandardStreams
{
    private const int OutputDescriptor = 1;

    // errno EPIPE, of Linux and macOS alike; Windows' ERROR_BROKEN_PIPE and ERROR_NO_DATA.
    private static readonly HashSet<int> ReaderGone = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    /// <summary>Opens the process's standard output. It belongs to the process: disposing of the stream leaves it open.</summary>
    public static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();

        var output = new FileStream(new SafeFileHandle(OutputDescriptor, ownsHandle: false), FileAccess.Write, bufferSize: 1);
        // A file has no reader that goes, but may have other writers (> file 2>&1): a FileStream writes where it believes the end to be,
        // the console's stream where the end is.
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }

    /// <summary>Whether a write failed since nobody reads any more, and not since a disk is full, say.</summary>
    /// <param name="exception">What the write threw.</param>
    public static bool IsReaderGone(IOException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return ReaderGone.Contains(exception.HResult);
    }
}
