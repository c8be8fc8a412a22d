using System.Text;
using System.Text.Json.Nodes;

namespace Observability.Deploy.Tests.Cluster;

/// <summary>A request's body in Kubernetes' protobuf, as far as its name goes: "kubectl create" sends namespaces and Secrets so.</summary>
internal static class ProtobufBody
{
    // apimachinery's runtime/serializer/protobuf: this, and then a runtime.Unknown.
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static bool Is(ReadOnlySpan<byte> body) => body.StartsWith(Magic);

    /// <summary>The object's kind and name.</summary>
    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        var unknown = body[Magic.Length..];
        var type = Field(unknown, 1);
        var metadata = Field(Field(unknown, 2), 1);
        return new()
        {
            ["apiVersion"] = Encoding.UTF8.GetString(Field(type, 1)),
            ["kind"] = Encoding.UTF8.GetString(Field(type, 2)),
            ["metadata"] = new JsonObject { ["name"] = Encoding.UTF8.GetString(Field(metadata, 1)) },
        };
    }

    // The first field of that number, which has a length.
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int number)
    {
        while (message.Length > 0)
        {
            var tag = Number(ref message);
            if ((tag & 7) == 0)
            {
                Number(ref message);
                continue;
            }

            if ((tag & 7) != 2)
                throw new InvalidDataException($"A field of wire type {tag & 7}.");
            var length = (int)Number(ref message);
            var content = message[..length];
            message = message[length..];
            if (tag >> 3 == (ulong)number)
                return content;
        }

        return [];
    }

    private static ulong Number(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
