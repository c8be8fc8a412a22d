using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder.Tests;

/// <summary>The settings that a client of librdkafka runs with.</summary>
internal static partial class ClientSettings
{
    static ClientSettings() => LibrdkafkaResolver.Register(typeof(ClientSettings).Assembly);

    /// <summary>The value of a setting, by librdkafka's name of it.</summary>
    public static string Of(IClient client, string name)
    {
        using var lease = new ClientLease(client.Handle);
        var value = new byte[1024];
        var size = (nuint)value.Length;
        Assert.Equal(0, Get(ConfigurationOf(lease.Native), name, value, ref size));
        return Encoding.UTF8.GetString(value, 0, (int)size - 1);
    }

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_conf")]
    private static partial nint ConfigurationOf(nint client);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_conf_get", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Get(nint configuration, string name, [Out] byte[] value, ref nuint size);
}
