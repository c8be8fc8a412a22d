using System.Buffers;

namespace Observability.Forwarder.Lines;

/// <summary>What Loki takes as a tenant (dskit, <c>tenant.ValidTenantID</c>).</summary>
internal static class TenantId
{
    private const int MaxLength = 150;

    private static readonly SearchValues<byte> Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!-_.*'()"u8);

    /// <summary>Whether Loki takes it. A push for any other is refused as a whole, however often it is sent.</summary>
    public static bool IsValid(ReadOnlySpan<byte> tenant) =>
        tenant.Length is > 0 and <= MaxLength
        && tenant.IndexOfAnyExcept(Characters) < 0
        && !tenant.SequenceEqual("."u8) && !tenant.SequenceEqual(".."u8);
}
