using System.Buffers;

namespace Observability.ServiceDefaults.Loki;

/// <summary>What Loki takes as a tenant (dskit, <c>tenant.ValidTenantID</c>).</summary>
public static class TenantId
{
    private static readonly SearchValues<byte> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!-_.*'()"u8);

    /// <summary>Whether Loki takes it. A push for any other is refused as a whole, however often it is sent.</summary>
    /// <param name="tenant">The tenant in UTF-8.</param>
    public static bool IsValid(ReadOnlySpan<byte> tenant) =>
        tenant.Length is > 0 and <= LokiLimits.TenantLength
        && tenant.IndexOfAnyExcept(Characters) < 0
        && !tenant.SequenceEqual("."u8) && !tenant.SequenceEqual(".."u8);
}
