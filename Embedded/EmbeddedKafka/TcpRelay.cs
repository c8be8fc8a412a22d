using System.Net;
using System.Net.Sockets;

namespace Observability.Embedded.EmbeddedKafka;

/// <summary>Passes the bytes of each connection to a loopback port on to another one, unchanged, in both directions.</summary>
internal sealed class TcpRelay : IDisposable
{
    private const int BufferBytes = 128 * 1024;

    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();

    private TcpRelay(int port, IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, port);
    }

    /// <summary>Listens on 127.0.0.1:<paramref name="port"/>.</summary>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static TcpRelay Start(int port, IPEndPoint target)
    {
        var relay = new TcpRelay(port, target);
        relay._listener.Start();
        _ = relay.AcceptAsync();
        return relay;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = RelayAsync(await _listener.AcceptSocketAsync(stop), stop);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // This one connection broke before it was accepted; the listener goes on.
            }
        }
    }

    private async Task RelayAsync(Socket client, CancellationToken stop)
    {
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await upstream.ConnectAsync(_target, stop);
                // The first side to end ends both: Kafka never half-closes.
                await await Task.WhenAny(PumpAsync(client, upstream, stop), PumpAsync(upstream, client, stop));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A broken connection is passed on by closing the other side.
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, CancellationToken stop)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, stop)) > 0)
            {
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stop);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // See RelayAsync.
        }
    }
}
