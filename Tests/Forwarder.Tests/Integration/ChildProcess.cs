using System.Diagnostics;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>
/// A process of its own, with nothing of this one but its environment. The embedded broker's connections would pass on to it otherwise
/// (<c>accept</c> in <c>rdkafka_mock.c</c> does not ask for <c>SOCK_CLOEXEC</c>), and a broker that goes down would leave them open there:
/// its clients would wait for answers until their time-out of a minute.
/// </summary>
internal static class ChildProcess
{
    // In the child itself: a connection that is accepted while this process forks is closed too.
    private const string WithoutDescriptors =
        """for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done; exec "$@" """;

    /// <summary>How to start it. Elsewhere than on Linux there is no <c>/proc</c>, and it is started as it is.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo Info(string program, IEnumerable<string> arguments) => OperatingSystem.IsLinux()
        ? new("bash", ["-c", WithoutDescriptors, program, program, .. arguments])
        : new(program, arguments);
}
