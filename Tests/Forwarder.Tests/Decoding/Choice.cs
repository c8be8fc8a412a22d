using CsCheck;

namespace Observability.Forwarder.Tests.Decoding;

internal static class Choice
{
    /// <summary>One of some values.</summary>
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
