using System.Runtime.InteropServices;
using Observability.AllInOne.Cli;

namespace Observability.AllInOne.Hosting;

/// <summary>Ends the process at once when it is told a second time to stop; the first time is the host's.</summary>
internal sealed class SecondSignal : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    public SecondSignal() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
            Environment.Exit(ExitCode.Interrupted);
    }
}
