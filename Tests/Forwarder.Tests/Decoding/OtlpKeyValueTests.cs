using CsCheck;
using Observability.Forwarder.Decoding;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class OtlpKeyValueTests
{
    private static readonly Gen<byte[]> Parts = Gen.Select(Choice.Of((byte)0x0A, (byte)0x12, (byte)0x1A), Gen.Int[0, 140], Gen.Int[-1, 1])
        .Select((tag, size, off) => (byte[])[tag, .. Varint(Math.Max(0, size + off)), .. Enumerable.Repeat((byte)'x', size)]);

    /// <summary>The usual pair is taken apart at a glance, and a field that comes twice, or a fault, counts all the same.</summary>
    [Fact]
    public void A_pair_is_what_its_fields_say() => Parts.Array[0, 4].Sample(
        parts =>
        {
            var message = parts.SelectMany(part => part).ToArray();
            byte[] expectedKey = [], expectedValue = [];
            var reader = new ProtobufReader(message);
            while (reader.Next())
            {
                if (reader.Field == OtlpFields.KeyValueKey)
                    expectedKey = reader.Bytes.ToArray();
                else if (reader.Field == OtlpFields.KeyValueValue)
                    expectedValue = reader.Bytes.ToArray();
            }

            Assert.Equal(!reader.Failed, OtlpKeyValue.TryRead(message, out var key, out var value));
            Assert.Equal(expectedKey, key.ToArray());
            Assert.Equal(expectedValue, value.ToArray());
        },
        iter: 10_000);

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
