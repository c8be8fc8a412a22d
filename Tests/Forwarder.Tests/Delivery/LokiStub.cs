using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>The push API over real HTTP, with answers that a test makes up.</summary>
internal sealed class LokiStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LokiStub(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<LokiStub> StartAsync(Func<HttpContext, PushRequest, Task> answer, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/loki/api/v1/push", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var request = context.Request.ContentType == "application/x-protobuf"
                ? PushRequest.Parser.ParseFrom(Snappy.DecompressToArray(body.ToArray()))
                : new();
            await answer(context, request);
        });
        await app.StartAsync(cancellationToken);
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
