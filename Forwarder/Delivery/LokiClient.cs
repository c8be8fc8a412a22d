using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Delivery;

/// <summary>
/// Sends one push and says what the answer means. It has an <see cref="HttpClient"/> of its own: the standard
/// resilience handler gives up after a few attempts, and here nobody may give up.
/// </summary>
internal sealed class LokiClient : IDisposable
{
    // Loki's words can name a whole stream; more than this is a proxy's page.
    private const int MaxText = 16 * 1024;

    private readonly HttpClient _client;
    private readonly LokiOptions _options;
    private readonly TimeProvider _time;
    private readonly Uri _push;
    private readonly AuthenticationHeaderValue? _authorization;

    public LokiClient(IConfiguration configuration, IOptions<ForwarderOptions> options, TimeProvider time)
    {
        _options = options.Value.Loki;
        _time = time;
        _push = new Uri(LokiEndpoint.Parse(configuration), "loki/api/v1/push");
        // The client's own timeout ends with the headers of an answer; ours is for all of it.
        _client = new HttpClient(CreateHandler(_options)) { Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(_options.Username))
            _authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.Username}:{_options.Password}")));
        else if (!string.IsNullOrEmpty(_options.BearerToken))
            _authorization = new("Bearer", _options.BearerToken);
    }

    /// <summary>Sends a push.</summary>
    /// <param name="body">What <see cref="PushEncoder"/> made.</param>
    /// <param name="tenant">The tenant in UTF-8; empty for the configured one.</param>
    /// <param name="cancellationToken">Gives up, by exception.</param>
    /// <returns>The answer's status, or 0 without one, and what it means.</returns>
    public async Task<(int Status, PushAnswer Answer)> PushAsync(ReadOnlyMemory<byte> body, byte[] tenant, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _push) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new("application/x-protobuf");
            request.Headers.Authorization = await AuthorizationAsync(timeout.Token).ConfigureAwait(false);
            var tenantId = tenant.Length > 0 ? Encoding.UTF8.GetString(tenant) : _options.Tenant;
            if (!string.IsNullOrEmpty(tenantId))
                request.Headers.TryAddWithoutValidation("X-Scope-OrgID", tenantId);

            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            var text = status == 204 ? "" : await ReadTextAsync(response, timeout.Token).ConfigureAwait(false);
            return (status, PushAnswerClassifier.Classify(status, text, RetryAfter(response)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (0, new(PushVerdict.Retry, "timeout", $"no answer within {_options.Timeout.TotalSeconds} s"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException or FormatException)
        {
            // A FormatException is a token file that holds no token just now.
            return (0, new(PushVerdict.Retry, "connection", exception.Message));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler CreateHandler(LokiOptions options)
    {
        // A pooled connection is renewed now and then, so that a moved or scaled Loki is found. A redirect turns a push into a GET of some page.
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (options.CaFile is null)
            return handler;

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(options.CaFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        return handler;
    }

    private static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[MaxText];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length).Trim();
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is not { } header ? null
        : header.Delta ?? (header.Date is { } date ? date - _time.GetUtcNow() : null);

    private async ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken cancellationToken)
    {
        if (_options.BearerTokenFile is not { } file)
            return _authorization;
        return new("Bearer", (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim());
    }
}
