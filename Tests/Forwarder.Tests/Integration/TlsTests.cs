using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>What goes wrong with TLS is said where it is looked for, the log and <c>/health</c>, with what to do about it.</summary>
public sealed class TlsTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_certificate_that_is_not_trusted_is_told_with_the_setting_that_mends_it()
    {
        await using var store = await StartAsync(isTls: true);

        await TellsAsync(AddressOf(store), "UntrustedRoot", "CaFile names a PEM file");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_without_TLS_at_an_https_URL_is_told_with_the_URL_to_use()
    {
        await using var store = await StartAsync(isTls: false);

        await TellsAsync(new UriBuilder(AddressOf(store)) { Scheme = "https" }.Uri, "its URL begins with http://");
    }

    private static async Task TellsAsync(Uri loki, params string[] words)
    {
        await using var stack = await Stack.StartAsync();
        stack.Settings["ConnectionStrings:loki"] = loki.ToString();
        await stack.ProduceAsync(Stack.Topic, "a line");
        using var forwarder = stack.StartForwarderProcess();
        await Stack.UntilAsync(() => forwarder.Output.Contains("Loki did not take a push", StringComparison.Ordinal));

        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(forwarder.Address, "health"), TestContext.Current.CancellationToken);
        var health = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        foreach (var text in new[] { health, forwarder.Output })
        {
            Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
            Assert.DoesNotContain("see inner exception", text, StringComparison.Ordinal);
        }
    }

    private static async Task<WebApplication> StartAsync(bool isTls)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            if (isTls)
                listener.UseHttps(SelfSigned());
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=store", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
