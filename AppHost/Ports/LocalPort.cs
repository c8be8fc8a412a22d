using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Observability.AppHost.Ports;

/// <summary>Ports of this machine's loopback.</summary>
internal static class LocalPort
{
    /// <summary>Whether a port can be listened on.</summary>
    /// <param name="port">The port.</param>
    public static bool IsFree(int port) => !HasListener(port) && Binds(IPAddress.Loopback, port)
        && (!Socket.OSSupportsIPv6 || Binds(IPAddress.IPv6Loopback, port));

    /// <summary>A port that is free now.</summary>
    public static int FindFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // macOS lets one bind to loopback what another listens on at all addresses.
    private static bool HasListener(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
        .Any(listener => listener.Port == port);

    // Windows reserves ranges for which there is no listener.
    private static bool Binds(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
