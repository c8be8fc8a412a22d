using System.Text;
using Microsoft.Extensions.Options;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Http;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Settings;

namespace Observability.Forwarder.Delivery;

/// <summary>Sends one push and says what the answer means.</summary>
internal sealed class LokiClient : IPushClient, IDisposable
{
    // Of ten thousand lines that are too old Loki says so second by second. What it says beyond this is not read.
    private const int MaxText = 1024 * 1024;

    private readonly HttpClient _client;
    private readonly LokiOptions _options;
    private readonly TimeProvider _time;
    private readonly Uri _push;

    public LokiClient(IConfiguration configuration, IOptions<ForwarderOptions> options, TimeProvider time)
    {
        _options = options.Value.Loki;
        _time = time;
        _push = new Uri(LokiEndpoint.Parse(configuration), "loki/api/v1/push");
        // The client's own timeout ends with the headers of an answer; ours is for all of it.
        _client = HttpClients.Create(_options);
    }

    /// <inheritdoc/>
    public async Task<(int Status, PushAnswer Answer)> PushAsync(ReadOnlyMemory<byte> body, byte[] tenant,
        CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _push) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new("application/x-protobuf");
            if (tenant.Length > 0)
                request.Headers.TryAddWithoutValidation(HttpAccess.TenantHeader, Encoding.UTF8.GetString(tenant));

            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var status = (int)response.StatusCode;
            var text = status == 204 ? "" : await response.Content.ReadTextAsync(MaxText, timeout.Token);
            if (status is >= 300 and < 400)
                text =
                    $"it redirects to {Urls.WithoutLogin(response.Headers.Location?.ToString() ?? "nowhere")}, and redirects are not followed: ConnectionStrings:loki must be the address behind it";
            var answer = PushAnswerClassifier.Classify(status, text, Backoff.RetryAfter(response.Headers, _time.GetUtcNow()));
            // Never more characters than bytes: what is nearly as long as the bound may have been cut there.
            return (status, answer with { IsCut = text.Length >= MaxText / 4 });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (0, new(PushVerdict.Retry, "timeout", $"no answer within {_options.Timeout.TotalSeconds} s"));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException
            or FormatException)
        {
            // A FormatException is a token file that holds no token just now.
            return (0, new(PushVerdict.Retry, "connection", HttpClients.Explain(exception, _push)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
