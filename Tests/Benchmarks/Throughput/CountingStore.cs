using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Observability.Benchmarks.Throughput;

/// <summary>A store that takes every push, counts its bytes and forgets them; while stalled it answers 500.</summary>
internal sealed class CountingStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _bytes;

    private CountingStore(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public long Bytes => Interlocked.Read(ref _bytes);

    public static async Task<CountingStore> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var store = new CountingStore(builder.Build());
        store._app.MapPost("/loki/api/v1/push", store.PushAsync);
        await store._app.StartAsync();
        store.Address = new Uri(
            store._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return store;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task PushAsync(HttpContext context)
    {
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            Interlocked.Add(ref _bytes, read.Buffer.Length);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
