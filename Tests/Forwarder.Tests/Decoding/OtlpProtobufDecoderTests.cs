using System.Text;
using CsCheck;
using Google.Protobuf;
using Observability.Forwarder.Decoding;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class OtlpProtobufDecoderTests
{
    [Fact]
    public void Any_request_is_read_as_the_generated_types_read_it() => OtlpRequests.Any.Sample(
        request => Assert.Equal(OtlpRequests.Expected(request).Select(line => line.ToString()), Decode(request.ToByteArray())!.Select(line => line.ToString())),
        iter: 500);

    [Fact]
    public void A_resource_behind_its_log_records_still_gives_them_its_attributes()
    {
        var logs = Logs(new LogRecord { Body = new() { StringValue = "line" } });
        var resource = new ResourceLogs { Resource = new() };
        resource.Resource.Attributes.Add(new KeyValue { Key = "service.name", Value = new() { StringValue = "shop" } });
        // Fields of a message may come in any order: two encodings of one message, joined, are one message.
        var request = Field(1, [.. logs.ToByteArray(), .. resource.ToByteArray()]);

        var line = Assert.Single(Decode(request)!);

        Assert.Equal("shop", line.Fields["service.name"]);
    }

    [Fact]
    public void A_field_of_a_later_version_changes_nothing()
    {
        // AnyValue { string_value = "text", 8 = bytes that are no UTF-8 }.
        byte[] body = [.. new AnyValue { StringValue = "text" }.ToByteArray(), .. Field(8, [0xFF])];
        var request = Field(1, Field(2, Field(2, Field(5, body))));

        Assert.Equal("text", Assert.Single(Decode(request)!).Text);
    }

    [Fact]
    public void An_unknown_field_within_an_array_is_no_element()
    {
        // ArrayValue { values = "a", 3 = what would be broken text if it were an AnyValue }.
        byte[] array = [.. Field(1, new AnyValue { StringValue = "a" }.ToByteArray()), .. Field(3, Field(1, [0xFF]))];
        byte[] list = [.. Field(1, new KeyValue { Key = "k", Value = new() { IntValue = 1 } }.ToByteArray()), .. Field(3, Field(1, [0xFF]))];

        Assert.Equal("[\"a\"]", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, Field(5, array))))))!).Text);
        Assert.Equal("{\"k\":1}", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, Field(6, list))))))!).Text);
    }

    [Fact]
    public void The_last_of_two_values_counts_as_it_does_for_any_oneof()
    {
        var array = new AnyValue { ArrayValue = new() };
        array.ArrayValue.Values.Add(new AnyValue { BoolValue = true });
        byte[] body = [.. new AnyValue { StringValue = "first" }.ToByteArray(), .. array.ToByteArray()];

        Assert.Equal("[true]", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, body)))))!).Text);
    }

    [Fact]
    public void Values_nested_without_end_are_refused_and_not_followed()
    {
        var known = new AnyValue { StringValue = "x" }.ToByteArray();
        var unknown = known;
        for (var depth = 0; depth < 2000; depth++)
        {
            known = Field(5, Field(1, known));
            unknown = Field(5, Field(9, unknown));
        }

        Assert.Null(Decode(Field(1, Field(2, Field(2, Field(5, known))))));
        Assert.Equal("[]", Assert.Single(Decode(Field(1, Field(2, Field(2, Field(5, unknown)))))!).Text);
    }

    [Fact]
    public void A_request_that_is_cut_off_anywhere_within_its_records_adds_nothing() => OtlpRequests.Any.Where(request => request.ResourceLogs.Count > 0).Sample(
        request =>
        {
            var bytes = request.ToByteArray();
            var whole = request.ResourceLogs.Select((_, index) => new ExportLogsServiceRequest { ResourceLogs = { request.ResourceLogs.Take(index) } }.CalculateSize()).ToHashSet();
            for (var length = 1; length < bytes.Length; length++)
            {
                // Between two resources the request is merely shorter.
                if (!whole.Contains(length))
                    Assert.Null(Decode(bytes[..length]));
            }
        },
        iter: 50);

    [Fact]
    public void Text_that_is_no_utf8_is_refused()
    {
        byte[] broken = [0xC3, 0x28];

        Assert.Null(Decode(Field(1, Field(2, Field(2, Field(5, Field(1, broken)))))));
        Assert.Null(Decode(Field(1, Field(2, Field(2, Field(3, broken))))));
        Assert.Null(Decode(Field(1, Field(1, Field(1, Field(1, broken))))));
    }

    private static ResourceLogs Logs(LogRecord record)
    {
        var scope = new ScopeLogs();
        scope.LogRecords.Add(record);
        var logs = new ResourceLogs();
        logs.ScopeLogs.Add(scope);
        return logs;
    }

    private static byte[] Field(int number, byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(bytes));
        }

        return stream.ToArray();
    }

    private static List<SinkLine>? Decode(byte[] value)
    {
        var sink = new RecordingSink();
        var valid = new OtlpProtobufDecoder().TryDecode(value, sink);
        Assert.True(valid || sink.Lines.Count == 0, Encoding.UTF8.GetString(value));
        return valid ? sink.Lines : null;
    }
}
