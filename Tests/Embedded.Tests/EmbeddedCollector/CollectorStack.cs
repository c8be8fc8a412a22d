using System.Net;
using System.Net.Http.Headers;
using Confluent.Kafka;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Observability.Embedded.EmbeddedCollector;
using Observability.Embedded.EmbeddedCollector.Receivers;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.Embedded.EmbeddedKafka;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.Tests.EmbeddedCollector;

/// <summary>A broker, a collector before it, and its clients.</summary>
internal sealed class CollectorStack : IAsyncDisposable
{
    public const string Topic = "alloy-logs";

    private readonly HttpClient _http = new();
    private readonly GrpcChannel _channel;

    private CollectorStack(EmbeddedKafkaBroker broker, EmbeddedCollectorServer collector)
    {
        (Broker, Collector) = (broker, collector);
        _channel = GrpcChannel.ForAddress(collector.GrpcAddress);
    }

    public EmbeddedKafkaBroker Broker { get; }

    public EmbeddedCollectorServer Collector { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<CollectorStack> StartAsync(Action<EmbeddedCollectorOptions>? configure = null, bool isBrokerDown = false)
    {
        var broker = EmbeddedKafkaBroker.Start(new EmbeddedKafkaOptions { Topics = { [Topic] = 4 } });
        if (isBrokerDown)
            broker.TakeDown();
        var options = new EmbeddedCollectorOptions { BootstrapServers = broker.BootstrapServers };
        configure?.Invoke(options);
        return new CollectorStack(broker, await EmbeddedCollectorServer.StartAsync(options, cancellationToken: Token));
    }

    /// <summary>Sends a request in protobuf.</summary>
    public Task<HttpResponseMessage> PostAsync(ExportLogsServiceRequest request) =>
        PostAsync(request.ToByteArray(), "application/x-protobuf");

    public async Task<HttpResponseMessage> PostAsync(byte[] body, string type, string? encoding = null)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await _http.PostAsync(new Uri(Collector.HttpAddress, "v1/logs"), content, Token);
    }

    /// <summary>Sends a request in protobuf, and reads the success that it expects.</summary>
    public async Task<ExportLogsServiceResponse> ExportAsync(ExportLogsServiceRequest request)
    {
        using var answer = await PostAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return ExportLogsServiceResponse.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(Token));
    }

    /// <summary>Sends a request over gRPC.</summary>
    public async Task<ExportLogsServiceResponse> CallAsync(ExportLogsServiceRequest request)
    {
        var options = new CallOptions(cancellationToken: Token);
        using var call = _channel.CreateCallInvoker().AsyncUnaryCall(OtlpGrpcMethods.Export, null, options, request);
        return await call;
    }

    /// <summary>Sends bytes over gRPC that need be no request.</summary>
    public async Task CallAsync(byte[] request)
    {
        var raw = Marshallers.Create(bytes => bytes, bytes => bytes);
        var export = OtlpGrpcMethods.Export;
        var method = new Method<byte[], byte[]>(MethodType.Unary, export.ServiceName, export.Name, raw, raw);
        using var call = _channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Token), request);
        await call;
    }

    /// <summary>All records of the topic.</summary>
    public async Task<List<ConsumeResult<byte[], byte[]>>> RecordsAsync()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = Broker.BootstrapServers,
            GroupId = "reader",
            EnableAutoCommit = false,
            FetchWaitMaxMs = 20,
        }).Build();
        List<ConsumeResult<byte[], byte[]>> records = [];
        foreach (var (partition, offsets) in await Broker.GetWatermarksAsync(Topic))
        {
            consumer.Assign(new TopicPartitionOffset(partition, offsets.Low));
            for (var offset = offsets.Low.Value; offset < offsets.High.Value; offset++)
                records.Add(consumer.Consume(Token));
        }

        return records;
    }

    public async Task<string> MetricsAsync() => await _http.GetStringAsync(new Uri(Collector.HttpAddress, "metrics"), Token);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _http.Dispose();
        await Collector.DisposeAsync();
        Broker.Dispose();
    }
}
