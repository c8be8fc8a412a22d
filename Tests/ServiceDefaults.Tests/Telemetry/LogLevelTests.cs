using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Observability.ServiceDefaults.Tests.Telemetry;

public sealed class LogLevelTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", false)]
    [InlineData("System.Net.Http.HttpClient.loki.ClientHandler", false)]
    [InlineData("Microsoft.Hosting.Lifetime", true)]
    [InlineData("Observability.Forwarder.Pipeline", true)]
    public async Task A_probe_or_a_scrape_writes_no_line(string category, bool isEnabled)
    {
        await using var app = Build();

        Assert.Equal(isEnabled, IsEnabled(app, category));
    }

    [Fact]
    public async Task The_configuration_can_ask_for_them()
    {
        await using var app = Build("--Logging:LogLevel:Microsoft.AspNetCore=Information");

        Assert.True(IsEnabled(app, "Microsoft.AspNetCore.Hosting.Diagnostics"));
    }

    private static WebApplication Build(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        return builder.Build();
    }

    private static bool IsEnabled(WebApplication app, string category) =>
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(LogLevel.Information);
}
