namespace Observability.Forwarder.Kafka;

/// <summary>
/// A batch of records that the client cannot read, e.g. since it decompresses to more than <c>receive.message.max.bytes</c>.
/// </summary>
/// <param name="Offset">The offset of its first record.</param>
/// <param name="Since">When it was met first, in <see cref="TimeProvider.GetTimestamp"/> ticks.</param>
/// <param name="Words">librdkafka's words.</param>
internal sealed record UnreadableBatch(long Offset, long Since, string Words);
