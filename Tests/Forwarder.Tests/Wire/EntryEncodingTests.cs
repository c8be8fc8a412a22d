using System.Text;
using CsCheck;
using Observability.Forwarder.Tests.Batching;
using Observability.Forwarder.Tests.Decoding;
using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Tests.Wire;

public sealed class EntryEncodingTests
{
    [Fact]
    public void Metadata_is_the_bytes_of_the_generated_types() => Gen.Select(Texts.Some, Texts.Any).Sample(
        (name, value) =>
        {
            var buffer = new byte[512];
            var length = EntryEncoding.WriteMetadata(buffer, 0, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));

            Assert.Equal(BatchModel.Encode([(name, value)]), buffer[..length]);
        },
        iter: 500);

    [Fact]
    public void A_varint_is_as_long_as_its_size_says() => Gen.Select(Gen.ULong, Gen.Int[0, 63]).Sample(
        (value, shift) => EntryEncoding.WriteVarint(new byte[10], 0, value >> shift) == EntryEncoding.VarintSize(value >> shift),
        iter: 1000);

    [Fact]
    public void An_entry_fits_where_its_estimate_says_so() =>
        Gen.Select(Gen.Long, Texts.Any, Gen.Select(Texts.Some, Texts.Any).Array[0, 3]).Sample(
        (timestamp, line, pairs) =>
        {
            var text = Encoding.UTF8.GetBytes(line);
            var metadata = BatchModel.Encode(pairs);
            var buffer = new byte[EntryEncoding.MaxSize(text.Length, metadata.Length)];

            var length = EntryEncoding.WriteEntry(buffer, 0, timestamp, text, metadata);

            Assert.Equal(line, Encoding.UTF8.GetString(EntryReader.Line(buffer.AsSpan(0, length))));
        },
        iter: 500);
}
