using CsCheck;

namespace Observability.Forwarder.Tests.Decoding;

/// <summary>Random text, well-formed, with the characters that formats trip over.</summary>
internal static class Texts
{
    public static readonly Gen<string> Any = Choice.Of(
        "a", "B", "7", "_", "-", ".", "/", "=", " ", "\t", "\r", "\n", "\"", "'", "\\", "{", "}", "[", "]", ",", ":", "<", "&", "\0",
        "\u0001", "\u007F", "é", "€", "\u2028", "\uFEFF", "😀")
        .Array[0, 24].Select(string.Concat);

    public static readonly Gen<string> Some = Any.Select(text => "x" + text);
}
