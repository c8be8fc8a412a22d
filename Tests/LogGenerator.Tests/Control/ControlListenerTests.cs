using System.Net;
using Microsoft.AspNetCore.Builder;
using Observability.LogGenerator.Cli;
using Observability.LogGenerator.Control;
using Observability.LogGenerator.Tests.Support;

namespace Observability.LogGenerator.Tests.Control;

[Collection(ProcessWideMetrics.Name)]
public sealed class ControlListenerTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7000")]
    [InlineData("http://127.0.0.1:5080;http://[::1]:5080", "urls", "http://127.0.0.1:5080;http://[::1]:5080")]
    [InlineData("http://localhost:1234", "urls", "http://localhost:1234", "http_ports", "8080")]
    [InlineData("http://*:8080;http://127.0.0.1:5080", "http_ports", "8080")]
    [InlineData("http://*:8080;https://*:8443;http://127.0.0.1:5080", "http_ports", "8080", "https_ports", "8443")]
    [InlineData("http://localhost:1234;http://0.0.0.0:1234;http://127.0.0.1:5080", "urls", "http://localhost:1234;http://0.0.0.0:1234")]
    public void It_has_an_address_of_its_own_where_one_of_the_service_s_is_not_on_loopback(string listens, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        foreach (var pair in settings.Chunk(2))
            builder.Configuration[pair[0]] = pair[1];

        ControlListener.Use(builder, null, "http://127.0.0.1:7000");

        Assert.Equal(listens, builder.Configuration["urls"]);
    }

    [Fact]
    public void A_setting_says_where_it_is()
    {
        var builder = WebApplication.CreateBuilder();

        ControlListener.Use(builder, new Uri("http://0.0.0.0:9000/"), "http://127.0.0.1:7000");

        Assert.Equal("http://127.0.0.1:7000;http://0.0.0.0:9000", builder.Configuration["urls"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_metrics_are_for_all_the_control_API_is_not_there()
    {
        var ct = TestContext.Current.CancellationToken;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var output = new MemoryStream();
        using var error = new StringWriter();
        var started = new TaskCompletionSource<IReadOnlyCollection<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = LogGeneratorCommand.RunAsync(
            ["--rate", "1", "--sink", "stdout", "--urls", "http://0.0.0.0:0", "--control", "http://127.0.0.1:0"],
            new CommandContext(output, error, started.SetResult), stop.Token);
        var addresses = (await started.Task.WaitAsync(ct))
            .Select(address => address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)).ToList();
        using var client = new HttpClient();

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            await AskAsync(addresses[0], "/metrics", "/generator", "/Generator", "/openapi/v1.json"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await AskAsync(addresses[1], "/generator", "/openapi/v1.json"));
        using var refused = await client.PostAsync(new Uri(addresses[0] + "/generator/stop"), null, ct);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains(
            $"The control API is at {addresses[1]}/ alone.", await refused.Content.ReadAsStringAsync(ct), StringComparison.Ordinal);

        await stop.CancelAsync();
        await run;

        async Task<List<HttpStatusCode>> AskAsync(string address, params string[] paths)
        {
            List<HttpStatusCode> codes = [];
            foreach (var path in paths)
            {
                using var answer = await client.GetAsync(new Uri(address + path), ct);
                codes.Add(answer.StatusCode);
            }

            return codes;
        }
    }
}
