using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Tests.Batching;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class PushEncoderTests
{
    [Fact]
    public void The_overflow_stream_may_have_longer_labels_than_the_streams_whose_lines_it_takes()
    {
        var names = Enumerable.Range(0, 15).Select(i => $"label_{i:00}").ToArray();
        var stream = TestStreams.Create(names).Get([.. names.Select(_ => "")]);
        var batch = new Batch(64);
        batch.Add(new TestRecord(TestPartition.Create(), 0, "line"u8).Record, 0, stream, 1, "line"u8, default);
        batch.OrderByStream();

        var message = Snappy.DecompressToArray(new PushEncoder().Encode(batch, batch.Order.Span, stream.Overflow).Span);

        var pushed = Assert.Single(PushRequest.Parser.ParseFrom(message).Streams);
        Assert.Equal(15, pushed.Labels.Split("overflow").Length - 1);
        Assert.Equal("line", Assert.Single(pushed.Entries).Line);
    }

    [Fact]
    public void Protobuf_is_byte_for_byte_what_the_generated_types_write_and_never_larger_than_estimated() => BatchModel.Any.Sample(
        model =>
        {
            var encoder = new PushEncoder();
            for (var round = 0; round < 2; round++)
            {
                var message = Snappy.DecompressToArray(encoder.Encode(model.Batch, model.Batch.Order.Span).Span);

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
            var (start, end) = (Math.Min(from, to) % model.Batch.Count, model.Batch.Count);
            var whole = model.Request.Streams.SelectMany(stream => stream.Entries.Select(entry => (stream.Labels, entry))).Skip(start)
                .Take(end - start);

            var message = Snappy.DecompressToArray(new PushEncoder().Encode(model.Batch, model.Batch.Order.Span[start..end]).Span);

            Assert.Equal(whole, PushRequest.Parser.ParseFrom(message).Streams.SelectMany(
                stream => stream.Entries.Select(entry => (stream.Labels, entry))));
        },
        iter: 200);

    [Fact]
    public void In_the_overflow_stream_lines_of_all_streams_carry_their_labels_as_metadata() => BatchModel.Any.Sample(
        model =>
        {
            var overflow = model.Batch.Streams[0].Stream.Overflow!;
            foreach (var stream in model.Request.Streams)
            {
                var service = stream.Labels.Split('"')[3];
                foreach (var entry in stream.Entries)
                    entry.StructuredMetadata.AddRange(
                        [new() { Name = "overflow_level", Value = "info" }, new() { Name = "overflow_service", Value = service }]);
            }

            var message = Snappy.DecompressToArray(new PushEncoder().Encode(model.Batch, model.Batch.Order.Span, overflow).Span);

            var pushed = Assert.Single(PushRequest.Parser.ParseFrom(message).Streams);
            Assert.Equal("""{level="overflow", service="overflow"}""", pushed.Labels);
            Assert.Equal(model.Request.Streams.SelectMany(stream => stream.Entries), pushed.Entries);
        },
        iter: 200);
}
