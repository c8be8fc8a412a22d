using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Http;

/// <summary>
/// Makes every client that this solution speaks HTTP with: pushes, readiness, the verifier, the generator. They follow no
/// redirect (one turns a push into a GET, and would carry a login elsewhere), keep no cookies, reach the loopback without a
/// proxy, and retry nothing by themselves: whoever asks knows better.
/// </summary>
public static class HttpClients
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // A connection is renewed now and then, so that a server that moved or was scaled is found.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Makes a client.</summary>
    /// <param name="access">Tenant, login and authorities; null for none.</param>
    /// <param name="timeout">How long the headers of an answer may take; null for no limit.</param>
    /// <exception cref="IOException">A certificate's file cannot be read.</exception>
    public static HttpClient Create(HttpAccess? access = null, TimeSpan? timeout = null)
    {
        access ??= new HttpAccess();
        return new HttpClient(new AccessHandler(access, CreateHandler(access))) { Timeout = timeout ?? Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// Says what went wrong with a request: the reason behind the reason, what to do about a failure of TLS, and by which proxy it went.
    /// </summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="target">Where the request went.</param>
    public static string Explain(Exception exception, Uri target)
    {
        ArgumentNullException.ThrowIfNull(exception);

        var words = exception.InnerException is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{exception.Message.Replace(", see inner exception", "", StringComparison.Ordinal).TrimEnd('.')} ({inner.Message}){Hint(inner)}"
            : exception.Message;
        var proxy = LoopbackAwareProxy.Instance.GetProxy(target);
        return proxy is null || proxy == target ? words : $"{words} (through the proxy {Urls.WithoutLogin(proxy)})";
    }

    private static string Hint(Exception reason) =>
        reason is not AuthenticationException ? ""
        : reason.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase)
            ? "; the setting CaFile names a PEM file with the authorities to trust"
            : "; if it speaks plain HTTP, its URL begins with http://";

    private static SocketsHttpHandler CreateHandler(HttpAccess access)
    {
        var handler = new SocketsHttpHandler
        {
            Proxy = LoopbackAwareProxy.Instance,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        if (!string.IsNullOrEmpty(access.CaFile))
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(access.CaFile);
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (!string.IsNullOrEmpty(access.ClientCertificateFile))
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(access.ReadClientCertificate(), null);
        return handler;
    }

    private sealed class AccessHandler(HttpAccess access, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization ??= await access.ReadAuthorizationAsync(cancellationToken) ?? LoginOf(request.RequestUri!);
            if (!string.IsNullOrEmpty(access.Tenant) && !request.Headers.Contains(HttpAccess.TenantHeader))
                request.Headers.TryAddWithoutValidation(HttpAccess.TenantHeader, access.Tenant);
            return await base.SendAsync(request, cancellationToken);
        }

        // http://user:password@host: what a URL says is a login, where the settings have none.
        private static AuthenticationHeaderValue? LoginOf(Uri url) => url.UserInfo.Length == 0
            ? null
            : new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
    }
}
