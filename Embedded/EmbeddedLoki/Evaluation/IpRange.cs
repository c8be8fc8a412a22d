using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>The addresses of <c>ip("…")</c>: one, a network, or all between two (pkg/logql/log/ip.go, v3.7.6).</summary>
internal sealed class IpRange
{
    private static readonly SearchValues<byte> Version4 = SearchValues.Create("0123456789."u8);
    private static readonly SearchValues<byte> Version6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);
    private readonly bool _isVersion6;
    private readonly UInt128 _first;
    private readonly UInt128 _last;

    private IpRange(bool isVersion6, UInt128 first, UInt128 last) => (_isVersion6, _first, _last) = (isVersion6, first, last);

    /// <exception cref="StageException">The text is no address, network or range.</exception>
    public static IpRange Parse(string text)
    {
        if (TryAddress(text, out var isVersion6, out var address))
            return new(isVersion6, address, address);
        var slash = text.LastIndexOf('/');
        if (slash > 0 && TryAddress(text[..slash], out isVersion6, out address)
            && int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var bits)
            && bits <= (isVersion6 ? 128 : 32))
        {
            var hosts = (isVersion6 ? 128 : 32) - bits;
            var mask = hosts == 128 ? UInt128.MaxValue : (UInt128.One << hosts) - 1;
            return new(isVersion6, address & ~mask, address | mask);
        }

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && TryAddress(text[..dash], out isVersion6, out var first)
            && TryAddress(text[(dash + 1)..], out var other, out var last) && isVersion6 == other && first <= last)
            return new(isVersion6, first, last);
        throw new StageException($"ip: invalid pattern: {GoQuote.Quote(text)}");
    }

    /// <summary>Whether one of the addresses that a text mentions is among these.</summary>
    public bool IsIn(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var characters = StartsVersion4(text[i..]) ? Version4 : StartsVersion6(text[i..]) ? Version6 : null;
            if (characters is null)
                continue;
            var rest = text[i..];
            var length = rest.IndexOfAnyExcept(characters);
            length = length < 0 ? rest.Length : length;
            // The longest text that is an address has 45 characters.
            if (length <= 45 && TryAddress(Encoding.ASCII.GetString(rest[..length]), out var isVersion6, out var address)
                && isVersion6 == _isVersion6 && address >= _first && address <= _last)
                return true;
            i += length;
        }

        return false;
    }

    private static bool StartsVersion4(ReadOnlySpan<byte> text) =>
        text.Length > 3 && char.IsAsciiDigit((char)text[0]) && text[1..4].Contains((byte)'.');

    private static bool StartsVersion6(ReadOnlySpan<byte> text)
    {
        if (text.Length <= 4)
            return false;
        var colon = text[..5].IndexOf((byte)':');
        if (colon < 0)
            return false;
        if (colon == 0)
            return text[1] == ':' && char.IsAsciiHexDigit((char)text[2]);
        foreach (var b in text[..colon])
        {
            if (!char.IsAsciiHexDigit((char)b))
                return false;
        }

        return true;
    }

    private static bool TryAddress(string text, out bool isVersion6, out UInt128 value)
    {
        (isVersion6, value) = (text.Contains(':'), 0);
        if (isVersion6)
        {
            if (text.AsSpan().ContainsAny('[', ']', '%') || !IPAddress.TryParse(text, out var address)
                || address.AddressFamily != AddressFamily.InterNetworkV6)
                return false;
            value = BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes());
            return true;
        }

        // Four numbers without leading zeros: .NET takes much more for an address.
        var parts = text.Split('.');
        if (parts.Length != 4)
            return false;
        foreach (var part in parts)
        {
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, System.Globalization.NumberStyles.None, null, out var number))
                return false;
            value = (value << 8) | number;
        }

        return true;
    }
}
