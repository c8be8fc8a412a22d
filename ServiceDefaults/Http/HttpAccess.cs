using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Http;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>
/// What a server asks of its clients: the tenant, a login, and whom to trust. The base of the settings of everything that speaks to Loki.
/// </summary>
public class HttpAccess
{
    /// <summary>The header that names a tenant (Loki, "Multi-tenancy").</summary>
    public const string TenantHeader = "X-Scope-OrgID";

    [Setting("tenant (X-Scope-OrgID); none for a single-tenant Loki", Value = "NAME")]
    public string? Tenant { get; set; }

    [Setting("user of basic authentication", Value = "NAME")]
    public string? Username { get; set; }

    [Setting("password of basic authentication: from the environment, or better in PasswordFile", IsSecret = true)]
    public string? Password { get; set; }

    [Setting("file that holds the password, read again for every request", Value = "FILE")]
    public string? PasswordFile { get; set; }

    [Setting("token of bearer authentication: from the environment, or better in BearerTokenFile", IsSecret = true)]
    public string? BearerToken { get; set; }

    [Setting("file that holds the token, read again for every request: for tokens that rotate", Value = "FILE")]
    public string? BearerTokenFile { get; set; }

    [Setting("PEM file with the authorities that the server's certificate must come from, instead of the system's", Value = "FILE")]
    public string? CaFile { get; set; }

    [Setting("PEM file with the client's own certificate, where the server asks for one", Value = "FILE")]
    public string? ClientCertificateFile { get; set; }

    [Setting("PEM file with the key of the client's certificate, where it is not in ClientCertificateFile", Value = "FILE")]
    public string? ClientKeyFile { get; set; }

    /// <summary>Checks what the settings' types cannot say: files exist and hold what they should, and there is one login.</summary>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="prefix">Where these settings are within the section, such as <c>Loki:</c>.</param>
    public void CheckAccess(SettingFaults faults, string prefix)
    {
        ArgumentNullException.ThrowIfNull(faults);

        faults.Check(
            string.IsNullOrEmpty(Tenant) || TenantId.IsValid(Encoding.UTF8.GetBytes(Tenant)),
            prefix + nameof(Tenant), Tenant, $"up to {LokiLimits.TenantLength} letters, digits and !-_.*'()");
        faults.Check(
            string.IsNullOrEmpty(Username) || (BearerToken ?? BearerTokenFile) is null,
            prefix + nameof(Username), Username, "nothing when a bearer token is set");
        CheckFile(nameof(PasswordFile), PasswordFile, "a file that exists", _ => { });
        CheckFile(nameof(BearerTokenFile), BearerTokenFile, "a file that exists", _ => { });
        CheckFile(nameof(CaFile), CaFile, "a PEM file that exists", file => new X509Certificate2Collection().ImportFromPemFile(file));
        CheckFile(nameof(ClientKeyFile), ClientKeyFile, "a PEM file that exists", _ => { });
        CheckFile(
            nameof(ClientCertificateFile), ClientCertificateFile, "a PEM file with a certificate and its key",
            file => ReadClientCertificate().Dispose());

        void CheckFile(string name, string? file, string accepts, Action<string> read)
        {
            if (string.IsNullOrEmpty(file))
                return;
            try
            {
                if (File.Exists(file))
                {
                    read(file);
                    return;
                }
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                // Said below, by name.
            }

            faults.Add(prefix + name, file, accepts);
        }
    }

    /// <summary>The header <c>Authorization</c>, or null without a login. Files are read again, since what is in them rotates.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    internal async ValueTask<AuthenticationHeaderValue?> ReadAuthorizationAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(Username))
        {
            var password = PasswordFile is { Length: > 0 } file ? await ReadAsync(file) : Password;
            return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{password}")));
        }

        var token = BearerTokenFile is { Length: > 0 } tokenFile ? await ReadAsync(tokenFile) : BearerToken;
        return string.IsNullOrEmpty(token) ? null : new("Bearer", token);

        async Task<string> ReadAsync(string path) => (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
    }

    internal X509Certificate2 ReadClientCertificate()
    {
        var key = string.IsNullOrEmpty(ClientKeyFile) ? null : ClientKeyFile;
        var certificate = X509Certificate2.CreateFromPemFile(ClientCertificateFile!, key);
        if (!OperatingSystem.IsWindows())
            return certificate;
        // Windows' TLS takes no key that is in memory alone, which is where a PEM file's is.
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
