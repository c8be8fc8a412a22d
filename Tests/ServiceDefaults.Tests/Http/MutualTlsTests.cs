using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Observability.ServiceDefaults.Http;

namespace Observability.ServiceDefaults.Tests.Http;

/// <summary>A server that a private authority vouches for, and that asks its clients for a certificate of that authority.</summary>
public sealed class MutualTlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly X509Certificate2 _authority = MakeAuthority();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_client_shows_its_certificate_and_trusts_the_authority_of_the_settings(bool keyInTheSameFile)
    {
        await using var server = await StartAsync();
        using var certificate = Sign("CN=forwarder");
        using var key = certificate.GetECDsaPrivateKey()!;
        var access = new HttpAccess
        {
            CaFile = Write("ca.pem", _authority.ExportCertificatePem()),
            ClientCertificateFile = Write(
                "client.pem", certificate.ExportCertificatePem() + "\n" + (keyInTheSameFile ? key.ExportPkcs8PrivateKeyPem() : "")),
            ClientKeyFile = keyInTheSameFile ? null : Write("client.key", key.ExportPkcs8PrivateKeyPem()),
        };
        using var client = HttpClients.Create(access);

        Assert.Equal("CN=forwarder", await client.GetStringAsync(server.Urls.Single(), Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_a_certificate_or_the_authority_there_is_no_answer()
    {
        await using var server = await StartAsync();
        using var without = HttpClients.Create(new HttpAccess { CaFile = Write("ca.pem", _authority.ExportCertificatePem()) });
        using var distrusting = HttpClients.Create();

        await Assert.ThrowsAsync<HttpRequestException>(() => without.GetStringAsync(server.Urls.Single(), Token));
        await Assert.ThrowsAsync<HttpRequestException>(() => distrusting.GetStringAsync(server.Urls.Single(), Token));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private X509Certificate2 Sign(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var certificate = signed.CopyWithPrivateKey(key);
        // With a key that every platform's TLS takes.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private string Write(string name, string pem)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, pem);
        return path;
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var certificate = Sign("CN=loki");
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) => client.Issuer == _authority.Subject;
        })));
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(context.Connection.ClientCertificate!.Subject));
        await app.StartAsync(Token);
        return app;
    }
}
