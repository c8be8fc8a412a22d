using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Observability.LogGenerator.Sinks;

namespace Observability.LogGenerator.Tests.Support;

/// <summary>The service as it runs, on a port of its own.</summary>
internal sealed class GeneratorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GeneratorHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient
        {
            BaseAddress = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single())
        };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<GeneratorHost> StartAsync(params IEnumerable<(string Key, string Value)> settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton(new StandardOutput(Stream.Null));
        builder.AddServiceDefaults();
        builder.AddLogGenerator();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapLogGenerator();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GeneratorHost(app);
    }

    /// <summary>Waits until a series of <c>/metrics</c> is as wished.</summary>
    public async Task WaitForMetricAsync(string series, Func<double, bool> wished)
    {
        while (await ReadMetricAsync(series) is not { } value || !wished(value))
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    /// <summary>The value of a series of <c>/metrics</c>, null when it is not there.</summary>
    /// <param name="series">Its name and the start of its labels.</param>
    public async Task<double?> ReadMetricAsync(string series)
    {
        var text = await Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], null);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
