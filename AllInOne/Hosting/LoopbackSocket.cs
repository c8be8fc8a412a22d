using System.Net;
using System.Net.Sockets;
using Observability.ServiceDefaults.Cli;

namespace Observability.AllInOne.Hosting;

/// <summary>
/// Binds the HTTP port before anything else starts, so that the port is known to the parts that need it and a taken one is known at once.
/// </summary>
internal static class LoopbackSocket
{
    /// <exception cref="PortInUseException">The port is taken.</exception>
    public static Socket Bind(int port, string option)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            // Else another process could bind the same port until Kestrel listens.
            socket.Listen();
            return socket;
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            throw new PortInUseException($"127.0.0.1:{port}", fault.Message, $"{option}, or 0 for any that is free", fault);
        }
    }
}
