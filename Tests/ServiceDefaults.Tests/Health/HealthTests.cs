using System.Net;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Observability.ServiceDefaults.Tests.Health;

/// <summary>The endpoints that every service has, over real HTTP.</summary>
public sealed class HealthTests
{
    private static readonly HttpClient Client = new();

    [Fact]
    public async Task Health_is_healthy_when_loki_is_ready_and_unhealthy_with_a_reason_when_it_is_not()
    {
        var status = StatusCodes.Status200OK;
        await using var loki = await StartAsync(app => app.MapGet("/ready", () => Results.StatusCode(status)));
        await using var service = await StartServiceAsync(loki.Urls.Single(), health => health.AddLoki());

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "/health")).Status);

        status = StatusCodes.Status503ServiceUnavailable;
        var (answer, text) = await GetAsync(service, "/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer);
        Assert.Contains("loki: Unhealthy", text, StringComparison.Ordinal);
        Assert.Contains("answered 503", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alive_does_not_depend_on_anything_else()
    {
        await using var service = await StartServiceAsync($"http://127.0.0.1:{FreePort.Find()}", health => health.AddLoki());

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "/alive")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(service, "/health")).Status);
    }

    [Fact]
    public async Task A_broker_that_cannot_be_reached_is_unhealthy()
    {
        await using var service = await StartServiceAsync("http://127.0.0.1:1", health =>
            health.AddKafka(services => services.GetRequiredService<IProducer<Null, byte[]>>().Handle));

        var (answer, text) = await GetAsync(service, "/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer);
        Assert.Contains("kafka: Unhealthy", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_services_of_one_process_may_ask_for_the_same_check()
    {
        await using var loki = await StartAsync(app => app.MapGet("/ready", () => Results.Ok()));
        await using var service = await StartServiceAsync(loki.Urls.Single(), health => health.AddLoki().AddLoki());

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service, "/health")).Status);
    }

    [Fact]
    public async Task Metrics_are_served_in_prometheus_text_format()
    {
        await using var service = await StartServiceAsync("http://127.0.0.1:1", _ => { });

        var (answer, text) = await GetAsync(service, "/metrics");

        Assert.Equal(HttpStatusCode.OK, answer);
        Assert.Contains("# TYPE dotnet_", text, StringComparison.Ordinal);
    }

    private static Task<WebApplication> StartServiceAsync(string loki, Action<IHealthChecksBuilder> addChecks) => StartAsync(
        app => app.MapDefaultEndpoints(),
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(
                [new("ConnectionStrings:loki", loki), new("ConnectionStrings:kafka", $"127.0.0.1:{FreePort.Find()}")]);
            builder.AddServiceDefaults();
            builder.AddKafkaProducer<Null, byte[]>("kafka", settings => settings.DisableHealthChecks = true);
            addChecks(builder.Services.AddHealthChecks());
        });

    private static async Task<WebApplication> StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        configure?.Invoke(builder);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(WebApplication service, string path)
    {
        using var answer = await Client.GetAsync(new Uri(service.Urls.Single() + path), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
