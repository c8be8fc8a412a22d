using Observability.Forwarder.Wire;

namespace Observability.Forwarder.Decoding;

/// <summary>Reads OTLP's <c>KeyValue</c>.</summary>
internal static class OtlpKeyValue
{
    /// <summary>Takes it apart.</summary>
    /// <param name="message">The message.</param>
    /// <param name="key">Its key, as it is.</param>
    /// <param name="value">Its <c>AnyValue</c>.</param>
    /// <returns>Whether it is well-formed so far as it is looked at.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        // A key of fewer than 128 bytes, then the value, and nothing else.
        if (message.Length > 2 && message[0] == OtlpFields.KeyValueKeyTag && message[1] < 0x80 && message[1] < message.Length - 2
            && ProtobufReader.TryReadOnly(message[(2 + message[1])..], OtlpFields.KeyValueValueTag, out value))
        {
            key = message.Slice(2, message[1]);
            return true;
        }

        key = value = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == OtlpFields.KeyValueKey)
                key = reader.Bytes;
            else if (reader.Field == OtlpFields.KeyValueValue)
                value = reader.Bytes;
        }

        return !reader.Failed;
    }
}
