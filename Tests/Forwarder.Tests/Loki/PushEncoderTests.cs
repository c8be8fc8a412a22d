using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Loki;
using Observability.Forwarder.Tests.Batching;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Forwarder.Tests.Loki;

public sealed class PushEncoderTests
{
    [Fact]
    public void Protobuf_is_byte_for_byte_what_the_generated_types_write_and_never_larger_than_estimated() => BatchModel.Any.Sample(
        model =>
        {
            var encoder = new ProtobufPushEncoder();
            for (var round = 0; round < 2; round++)
            {
                var message = Snappy.DecompressToArray(encoder.Encode(model.Batch, model.Order, model.StreamOf).Span);

                Assert.Equal(model.Request, PushRequest.Parser.ParseFrom(message));
                Assert.Equal(model.Request.ToByteArray(), message);
                Assert.InRange(message.Length, 1, model.Batch.Size);
            }
        },
        iter: 500);

    [Fact]
    public void A_part_of_a_batch_holds_those_lines_alone() => Gen.Select(BatchModel.Any, Gen.Int[0, 100], Gen.Int[0, 100]).Sample(
        (model, from, to) =>
        {
            var (start, end) = (Math.Min(from, to) % model.Order.Length, model.Order.Length);
            var whole = model.Request.Streams.SelectMany(stream => stream.Entries.Select(entry => (stream.Labels, entry))).Skip(start).Take(end - start);

            var message = Snappy.DecompressToArray(new ProtobufPushEncoder().Encode(model.Batch, model.Order.AsSpan(start, end - start), model.StreamOf).Span);

            Assert.Equal(whole, PushRequest.Parser.ParseFrom(message).Streams.SelectMany(stream => stream.Entries.Select(entry => (stream.Labels, entry))));
        },
        iter: 200);

    [Fact]
    public void Json_says_the_same_as_protobuf() => BatchModel.Any.Sample(
        model =>
        {
            using var gzip = new GZipStream(new MemoryStream(new JsonPushEncoder().Encode(model.Batch, model.Order, model.StreamOf).ToArray()), CompressionMode.Decompress);
            using var json = JsonDocument.Parse(gzip);
            var streams = json.RootElement.GetProperty("streams").EnumerateArray().ToList();

            Assert.Equal(model.Request.Streams.Count, streams.Count);
            foreach (var (stream, expected) in streams.Zip(model.Request.Streams))
            {
                Assert.Equal(expected.Labels, "{" + string.Join(", ", stream.GetProperty("stream").EnumerateObject().Select(label => $"{label.Name}=\"{label.Value}\"")) + "}");
                var values = stream.GetProperty("values").EnumerateArray().ToList();
                Assert.Equal(expected.Entries.Count, values.Count);
                foreach (var (value, entry) in values.Zip(expected.Entries))
                    AssertEqual(entry, value);
            }
        },
        iter: 300);

    private static void AssertEqual(EntryAdapter expected, JsonElement value)
    {
        var nanoseconds = ((decimal)expected.Timestamp.Seconds * 1_000_000_000) + expected.Timestamp.Nanos;
        Assert.Equal(nanoseconds, decimal.Parse(value[0].GetString()!, CultureInfo.InvariantCulture));
        Assert.Equal(expected.Line, value[1].GetString());
        Assert.Equal(expected.StructuredMetadata.Count == 0 ? 2 : 3, value.GetArrayLength());
        if (expected.StructuredMetadata.Count > 0)
        {
            Assert.Equal(
                expected.StructuredMetadata.Select(pair => (pair.Name, pair.Value)),
                value[2].EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!)));
        }
    }
}
