using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Settings;

#pragma warning disable CS1591 // SettingAttribute says what each setting is for.

/// <summary>The settings under <c>LogGenerator:Otlp</c>.</summary>
public sealed class OtlpSettings
{
    [Setting("base URL of an OTLP/HTTP receiver", Example = "http://127.0.0.1:4318", Default = "ConnectionStrings:alloy")]
    public Uri? Endpoint { get; set; }
}
