using System.Net;

namespace Observability.ServiceDefaults.Http;

/// <summary>
/// The environment's proxy (<c>HTTP_PROXY</c>, <c>NO_PROXY</c>), but none for this machine itself, which no proxy can reach.
/// </summary>
internal sealed class LoopbackAwareProxy : IWebProxy
{
    public static LoopbackAwareProxy Instance { get; } = new();

    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => throw new NotSupportedException();
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}
