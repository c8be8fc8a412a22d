using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Observability.ServiceDefaults.Kafka;

namespace Observability.Forwarder.Tests;

/// <summary>What Confluent.Kafka does not show of a client of librdkafka.</summary>
internal static partial class NativeClient
{
    static NativeClient() => LibrdkafkaResolver.Register(typeof(NativeClient).Assembly);

    /// <summary>The value of a setting that it runs with, by librdkafka's name of it.</summary>
    public static string Setting(IClient client, string name)
    {
        using var lease = new ClientLease(client.Handle);
        var value = new byte[1024];
        var size = (nuint)value.Length;
        Assert.Equal(0, Get(ConfigurationOf(lease.Native), name, value, ref size));
        return Encoding.UTF8.GetString(value, 0, (int)size - 1);
    }

    /// <summary>
    /// Tells it that another member has its place in the group. The embedded broker fences nobody; librdkafka has this for tests.
    /// </summary>
    public static void Fence(IClient client)
    {
        using var lease = new ClientLease(client.Handle);
        Assert.Equal(0, SetFatalError(lease.Native, (int)ErrorCode.FencedInstanceId, "fenced"));
    }

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_test_fatal_error", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetFatalError(nint client, int error, string reason);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_conf")]
    private static partial nint ConfigurationOf(nint client);

    [LibraryImport(LibrdkafkaResolver.LibraryName, EntryPoint = "rd_kafka_conf_get", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Get(nint configuration, string name, [Out] byte[] value, ref nuint size);
}
