using System.ComponentModel;

namespace Observability.Forwarder.Settings;

/// <summary>How Loki is talked to. Its address is <c>ConnectionStrings:loki</c>.</summary>
public sealed class LokiOptions
{
    /// <summary>One stream a push. Loki answers 204 when an ingester refused lines of any stream but the last one of a push.</summary>
    [Description("One stream a push: slower, but no refusal of an ingester hides behind that of another stream")]
    public bool OneStreamPerPush { get; set; }

    /// <summary>The tenant, sent as <c>X-Scope-OrgID</c>.</summary>
    [Description("Tenant (X-Scope-OrgID); empty for a single-tenant Loki")]
    public string? Tenant { get; set; }

    /// <summary>The field that names the tenant of a line.</summary>
    [Description("Field that names the tenant of a line; lines without it, or with one that Loki does not take, use Tenant")]
    public string? TenantField { get; set; }

    /// <summary>The user of basic authentication.</summary>
    [Description("User of basic authentication")]
    public string? Username { get; set; }

    /// <summary>The password of basic authentication.</summary>
    [Description("Password of basic authentication (from the environment or a mounted file, not an argument)")]
    public string? Password { get; set; }

    /// <summary>The token of bearer authentication.</summary>
    [Description("Token of bearer authentication")]
    public string? BearerToken { get; set; }

    /// <summary>A file that holds the token, read again when it changes.</summary>
    [Description("File that holds the token, read again for every push: for tokens that rotate")]
    public string? BearerTokenFile { get; set; }

    /// <summary>A PEM file with the certificate authorities to trust instead of the system's.</summary>
    [Description("PEM file with the authorities that Loki's certificate must come from, instead of the system's")]
    public string? CaFile { get; set; }

    /// <summary>How long an answer may take.</summary>
    [Description("How long an answer may take: 1 s to 10 min")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the first retry.</summary>
    [Description("Pause before the first retry, doubled for each further one: 10 ms to 1 min")]
    public TimeSpan MinBackoff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between retries.</summary>
    [Description("Longest pause between retries: MinBackoff to 10 min")]
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(10);
}
