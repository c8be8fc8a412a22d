using CsCheck;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Tests.Wire;

public sealed class ProtobufReaderTests
{
    // Tags of all wire types, with one byte and several, lengths about what is left, and anything else.
    private static readonly Gen<byte[]> Messages = Gen.OneOf(
        Gen.Byte.Array[0, 12],
        Gen.Select(Gen.OneOf(Gen.Int[0, 31], Gen.Int[0, 255]), Gen.Int[0, 300], Gen.Int[-2, 3], Gen.Byte.Array[0, 6]).Select(
            (tag, size, off, rest) => (byte[])[(byte)tag, .. Varint(Math.Max(0, size + off)), .. new byte[size], .. rest]).Array[1, 3]
            .Select(parts => parts.SelectMany(part => part).ToArray()));

    [Fact]
    public void Fields_are_read_as_byte_by_byte() => Messages.Sample(
        message => Assert.Equal(ReadByteByByte(message), Read(message)), iter: 20_000);

    [Fact]
    public void A_message_of_one_field_is_read_as_any_other() => Gen.Select(Messages, Gen.Bool, Gen.Int[0, 200]).Sample(
        (message, isOne, size) =>
        {
            byte[] read = isOne ? [0x0A, .. Varint(size), .. new byte[size]] : message;
            if (!ProtobufReader.TryReadOnly(read, 0x0A, out var bytes))
            {
                Assert.True(!isOne || size == 0);
                return;
            }

            Assert.Equal([$"1 True 0 {Convert.ToHexString(bytes)}", "whole"], ReadByteByByte(read));
        },
        iter: 20_000);

    [Theory]
    [InlineData("0001", "a field has a number from 1 on")]
    [InlineData("0801 00", "a field has a number from 1 on")]
    [InlineData("0B 0C", "groups are of the past")]
    [InlineData("0E", "there is no type 6")]
    [InlineData("0F", "there is no type 7")]
    [InlineData("8080808080808080808001 01", "a number has ten bytes at the most")]
    [InlineData("08 8080808080808080808001", "a number has ten bytes at the most")]
    [InlineData("8080808080808080 80 01 01", "a field's number fits into 31 bits")]
    [InlineData("0A FFFFFFFFFFFFFFFFFF01", "the bytes are in the message")]
    [InlineData("0A 02 61", "the bytes are in the message")]
    public void What_is_no_message_ends_it_for_good(string hex, string why)
    {
        var reader = new ProtobufReader(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        while (reader.Next())
            Assert.False(reader.Failed, why);

        Assert.True(reader.Failed, why);
        Assert.False(reader.Next(), why);
    }

    private static List<string> Read(byte[] message)
    {
        List<string> fields = [];
        var reader = new ProtobufReader(message);
        while (reader.Next())
            fields.Add($"{reader.Field} {reader.IsBytes} {reader.Number} {Convert.ToHexString(reader.Bytes)}");
        Assert.False(reader.Next());
        fields.Add(reader.Failed ? "failed" : "whole");
        return fields;
    }

    private static List<string> ReadByteByByte(byte[] message)
    {
        List<string> fields = [];
        var rest = message.AsSpan();
        while (!rest.IsEmpty)
        {
            if (!TryTake(ref rest, out var tag) || tag >> 3 is 0 or > int.MaxValue)
                return [.. fields, "failed"];
            ulong number = 0;
            ReadOnlySpan<byte> bytes = default;
            switch (tag & 7)
            {
                case 0 when TryTake(ref rest, out number):
                    break;
                case 1 when rest.Length >= 8:
                    number = BitConverter.ToUInt64(rest);
                    rest = rest[8..];
                    break;
                case 2 when TryTake(ref rest, out var length) && length <= (ulong)rest.Length:
                    bytes = rest[..(int)length];
                    rest = rest[(int)length..];
                    break;
                case 5 when rest.Length >= 4:
                    number = BitConverter.ToUInt32(rest);
                    rest = rest[4..];
                    break;
                default:
                    return [.. fields, "failed"];
            }

            fields.Add($"{tag >> 3} {(tag & 7) == 2} {number} {Convert.ToHexString(bytes)}");
        }

        return [.. fields, "whole"];
    }

    private static bool TryTake(ref Span<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(10, rest.Length); i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] >= 0x80)
                continue;
            rest = rest[(i + 1)..];
            return true;
        }

        return false;
    }

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
