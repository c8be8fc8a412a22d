using System.Net;
using System.Net.Sockets;
using Observability.AppHost.Ports;

namespace Observability.AppHost.Tests.Ports;

public sealed class LocalPortTests
{
    public static TheoryData<string> Addresses => ["127.0.0.1", "0.0.0.0", "::1", "::"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_port_that_somebody_listens_on_is_taken(string address)
    {
        Assert.SkipWhen(address.Contains(':', StringComparison.Ordinal) && !Socket.OSSupportsIPv6, "no IPv6");
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        Assert.False(LocalPort.IsFree(((IPEndPoint)listener.LocalEndpoint).Port));
    }

    [Fact]
    public void A_port_that_nobody_listens_on_is_free() => Assert.True(LocalPort.IsFree(LocalPort.FindFree()));
}
