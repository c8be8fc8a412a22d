using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Observability.Embedded.EmbeddedCollector;
using Observability.ServiceDefaults.Cli;

namespace Observability.AllInOne.Hosting;

/// <summary>Ports of 127.0.0.1 that are taken before anything else starts, and then listened on by Kestrel.</summary>
internal sealed class LoopbackListeners : IDisposable
{
    private readonly List<(Socket Socket, Action<ListenOptions> Configure)> _listeners = [];

    /// <summary>Takes a port for HTTP/1.1.</summary>
    /// <param name="port">The port; 0 for any.</param>
    /// <param name="option">The option that chooses another one.</param>
    /// <returns>Where it is.</returns>
    /// <exception cref="PortInUseException">The port is taken.</exception>
    public Uri AddHttp(int port, string option) => Add(port, option, static _ => { });

    /// <summary>Takes a port for OTLP over gRPC.</summary>
    /// <inheritdoc cref="AddHttp"/>
    public Uri AddOtlpGrpc(int port, string option) => Add(port, option, static endpoint => endpoint.ForOtlpGrpc());

    /// <summary>Makes an application listen on the ports.</summary>
    public void ListenOn(IWebHostBuilder builder)
    {
        builder.UseSockets(options => options.CreateBoundListenSocket = endpoint =>
            _listeners.Find(listener => listener.Socket.LocalEndPoint!.Equals(endpoint)) is { Socket: { } socket }
                ? socket
                : Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets.SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));
        builder.ConfigureKestrel(kestrel =>
        {
            foreach (var (socket, configure) in _listeners)
                kestrel.Listen((IPEndPoint)socket.LocalEndPoint!, configure);
        });
    }

    public void Dispose()
    {
        foreach (var (socket, _) in _listeners)
            socket.Dispose();
    }

    private Uri Add(int port, string option, Action<ListenOptions> configure)
    {
        var socket = LoopbackSocket.Bind(port, option);
        _listeners.Add((socket, configure));
        return new Uri($"http://{socket.LocalEndPoint}");
    }
}
