using System.Net;
using System.Net.Sockets;

namespace Observability.Tests;

/// <summary>Ports of 127.0.0.1 for what cannot be told to take any.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody uses now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
