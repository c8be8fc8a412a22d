using Observability.Forwarder.Kafka;

namespace Observability.Forwarder.Tests.Kafka;

public sealed class KafkaRecordTests
{
    private static readonly KeyValuePair<string, byte[]?> Header = new("name", new byte[1000]);

    /// <summary>They count for the memory that waits for Loki: a record of few bytes may have many headers.</summary>
    [Fact]
    public void Headers_count_with_their_names_their_values_and_what_their_objects_take()
    {
        Assert.InRange(KafkaRecord.SizeOf([Header]), 1004, 1200);
        Assert.Equal(2 * KafkaRecord.SizeOf([Header]), KafkaRecord.SizeOf([Header, Header]));
        Assert.InRange(KafkaRecord.SizeOf([new("name", null)]), 4, 200);
        Assert.Equal(0, KafkaRecord.SizeOf(null));
    }
}
