using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Observability.Forwarder.Wire;
using Snappier;

namespace Observability.Benchmarks.Throughput;

/// <summary>A store that takes every push, counts its bytes, its lines too where that is wanted, and forgets them.</summary>
internal sealed class CountingStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _countsLines;
    private long _bytes;
    private long _lines;
    private long _firstLineAt;
    private long _awaited = long.MaxValue;
    private TaskCompletionSource _whenStored = new();

    private CountingStore(WebApplication app, bool countsLines) => (_app, _countsLines) = (app, countsLines);

    public Uri Address { get; private set; } = null!;

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Lines => Interlocked.Read(ref _lines);

    /// <summary>When the first line came since <see cref="WhenStored"/>, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public long FirstLineAt => Interlocked.Read(ref _firstLineAt);

    /// <summary>When so many lines more have come. Call it before they can.</summary>
    public Task WhenStored(long lines)
    {
        _whenStored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _firstLineAt, 0);
        Interlocked.Exchange(ref _awaited, Lines + lines);
        return _whenStored.Task;
    }

    public static async Task<CountingStore> StartAsync(bool countsLines = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var store = new CountingStore(builder.Build(), countsLines);
        store._app.MapPost("/loki/api/v1/push", store.PushAsync);
        await store._app.StartAsync();
        store.Address = new Uri(
            store._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return store;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task PushAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAsync(context.RequestAborted);
        while (!read.IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await reader.ReadAsync(context.RequestAborted);
        }

        Interlocked.Add(ref _bytes, read.Buffer.Length);
        Interlocked.CompareExchange(ref _firstLineAt, Stopwatch.GetTimestamp(), 0);
        if (_countsLines && Interlocked.Add(ref _lines, CountLines(read.Buffer.ToArray())) >= Interlocked.Read(ref _awaited))
            _whenStored.TrySetResult();
        reader.AdvanceTo(read.Buffer.End);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // A PushRequest: its field 1 is a stream, and field 2 of that a line.
    private static int CountLines(byte[] body)
    {
        using var message = Snappy.DecompressToMemory(body);
        var lines = 0;
        var request = new ProtobufReader(message.Memory.Span);
        while (request.Next())
        {
            var stream = new ProtobufReader(request.Bytes);
            while (stream.Next())
                lines += stream.Field == 2 ? 1 : 0;
        }

        return lines;
    }
}
